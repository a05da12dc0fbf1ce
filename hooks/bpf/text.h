/* Copies what a call has read out of the program's memory. */
#ifndef HOOKBENCH_BPF_TEXT_H
#define HOOKBENCH_BPF_TEXT_H

#include "state.h"

struct user_iovec {
  uint64_t base;
  uint64_t length;
};

/* struct user_msghdr: name, namelen, iov, iovlen, … */
struct user_message {
  uint64_t name;
  uint64_t name_length;
  uint64_t segments;
  uint64_t segment_count;
};

static __always_inline struct scratch *scratch_take(uint32_t tid) {
  uint64_t at = tid;
#pragma unroll
  for (uint32_t i = 0; i < 4; i++, at++) {
    HB_OPAQUE(at);
    struct scratch *scratch = &scratches[at & (SCRATCHES - 1)];
    if (__sync_val_compare_and_swap(&scratch->busy, 0, 1) == 0) return scratch;
  }
  return 0;
}

static __always_inline uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static __always_inline int copy_plain(struct scratch *to, uint64_t address, uint64_t size) {
  HB_OPAQUE(size);
  if (size > HB_BPF_WINDOW) return -1;
  return bpf_probe_read_user(to->bytes, size, (const void *)address) == 0 ? (int)size : -1;
}

/* The bytes of the segments one after the other, as the call filled them. Verified by itself, as scan() is. */
__attribute__((noinline)) int copy_segments(struct scratch *to, uint64_t address, uint64_t count, uint64_t size) {
  if (!to) return -1;
  uint64_t done = 0;
  for (uint32_t i = 0; i < HB_BPF_SEGMENTS; i++) {
    struct user_iovec segment;
    if (i >= count || done >= size) break;
    if (bpf_probe_read_user(&segment, sizeof segment, (const void *)(address + i * sizeof segment)) != 0) return -1;
    uint64_t part = least(segment.length, size - done);
    done |= to->zero;
    HB_OPAQUE(done);
    HB_OPAQUE(part);
    if (done >= HB_BPF_WINDOW || part > HB_BPF_WINDOW) return -1; /* never: `size` is at most the window */
    if (bpf_probe_read_user(to->bytes + done, part, (const void *)segment.base) != 0) return -1;
    done += part;
  }
  return (int)done;
}

/* @returns how many bytes are in the scratch, at most HB_BPF_WINDOW, or -1 when the memory can't be had */
static __always_inline int copy_text(struct scratch *to, const struct call *call, uint64_t got) {
  uint64_t size = least(got, HB_BPF_WINDOW);
  if (call->kind <= KIND_RECV) return copy_plain(to, call->address, least(size, call->length));
  struct user_message message = {.segments = call->address, .segment_count = call->length};
  if (call->kind == KIND_MESSAGE && bpf_probe_read_user(&message, sizeof message, (const void *)call->address) != 0) return -1;
  return copy_segments(to, message.segments, message.segment_count, size);
}

#endif
