/* The hook, as the specification in ../README.md has it, on the entry and the exit of system calls (or of libc's functions of their names):
 * who reads from an accepted socket, how long it took, and whether a keyword was in it. The forms of attaching (the .bpf.c files) call
 * `entered` and `left`, and differ in nothing else. */
#ifndef HOOKBENCH_BPF_HOOK_H
#define HOOKBENCH_BPF_HOOK_H

#include "scan.h"
#include "state.h"
#include "text.h"

struct self {
  uint32_t tgid;
  uint32_t tid;
};

static __always_inline struct self self(void) {
#ifdef HB_WITHOUT_BTF
  uint64_t both = bpf_get_current_pid_tgid();
  return (struct self){.tgid = (uint32_t)(both >> 32), .tid = (uint32_t)both};
#else
  struct task_struct *task = bpf_get_current_task_btf();
  return (struct self){.tgid = (uint32_t)task->tgid, .tid = (uint32_t)task->pid};
#endif
}

/* What is kept of this process, or NULL for one that nobody asked for. */
static __always_inline struct hb_bpf_target *target_of(uint32_t tgid) {
  const volatile struct hb_bpf_place *place = &config.places[HB_BPF_PLACE(tgid, config.multiplier)];
  if (place->tgid != tgid) return 0;
  uint32_t key = place->target;
  return bpf_map_lookup_elem(&targets, &key);
}

static __always_inline uint64_t bit_of(uint32_t fd) { return 1ull << (fd & 63); }

static __always_inline uint64_t *fds_of(struct hb_bpf_target *target, uint32_t fd) {
  uint64_t word = fd / 64;
  HB_OPAQUE(word);
  return &target->fds[word & (HB_BPF_FDS / 64 - 1)];
}

static __always_inline int is_tracked(struct hb_bpf_target *target, uint32_t fd) {
  return fd < HB_BPF_FDS && (*fds_of(target, fd) & bit_of(fd)) != 0;
}

static __always_inline void track(struct hb_bpf_target *target, uint32_t fd, int tracked) {
  if (fd >= HB_BPF_FDS) {
    if (tracked) __sync_fetch_and_add(&target->untracked_fds, 1);
    return;
  }
  if (is_tracked(target, fd) == tracked) return;
  if (tracked)
    __sync_fetch_and_or(fds_of(target, fd), bit_of(fd));
  else
    __sync_fetch_and_and(fds_of(target, fd), ~bit_of(fd));
}

struct entry {
  uint32_t kind;
  uint32_t fd;
  uint64_t address;
  uint64_t length; /* of a message: its flags */
  uint64_t flags;  /* of KIND_RECV */
};

/* MSG_OOB, MSG_PEEK, MSG_TRUNC, MSG_ERRQUEUE: such calls bring nothing of the stream, or bring it again. */
#define NOT_THE_STREAM 0x2023u

static __always_inline int is_aside(const struct entry *entry) {
  if (entry->kind == KIND_RECV) return (entry->flags & NOT_THE_STREAM) != 0;
  return entry->kind == KIND_MESSAGE && (entry->length & NOT_THE_STREAM) != 0;
}

static __always_inline void note(struct hb_bpf_target *target, uint32_t tid, const struct entry *entry) {
  int reads = entry->kind <= KIND_MESSAGE;
  if (is_aside(entry)) return;
  if (reads && (!is_tracked(target, entry->fd) || config.level < HB_LEVEL_LATENCY)) return;
  struct call *call = call_begin(tid);
  if (!call) {
    if (reads) __sync_fetch_and_add(&target->unscanned, 1);
    return;
  }
  call->kind = entry->kind;
  call->fd = entry->fd;
  call->address = entry->address;
  call->length = entry->length > UINT32_MAX ? UINT32_MAX : (uint32_t)entry->length;
  if (reads) call->start_ns = bpf_ktime_get_ns();
}

/* Before the call itself: as soon as the number is free another thread may be given it by accept. */
static __always_inline void entered_close(uint32_t fd) {
  if (config.level == HB_LEVEL_EMPTY) return;
  struct hb_bpf_target *target = target_of(self().tgid);
  if (target) track(target, fd, 0);
}

static __always_inline void entered(struct entry entry) {
  if (config.level == HB_LEVEL_EMPTY) return;
  struct self me = self();
  struct hb_bpf_target *target = target_of(me.tgid);
  if (target) note(target, me.tid, &entry);
}

static __always_inline void record(struct hb_bpf_target *target, const struct hb_record *made) {
  uint64_t at = __sync_fetch_and_add(&target->head, 1) & (HB_BPF_RECORDS - 1);
  HB_OPAQUE(at);
  volatile uint64_t *to = (volatile uint64_t *)&target->records[at & (HB_BPF_RECORDS - 1)];
  const uint64_t *from = (const uint64_t *)made;
  to[0] = from[0];
  to[1] = from[1];
  to[2] = from[2];
  /* Holds `abi`, by which the loader sees that the record is whole: last, and on processors that reorder stores behind a barrier. */
#ifdef HB_ARCH_x86_64
  to[3] = from[3];
#else
  __sync_lock_test_and_set((uint64_t *)&to[3], from[3]);
#endif
}

static __always_inline void counted_read(struct hb_bpf_target *target, struct self me, const struct call *call, int64_t got) {
  uint64_t took = bpf_ktime_get_ns() - call->start_ns;
  if (config.level < HB_LEVEL_SCAN) {
    target->seen += took;
    return;
  }
  struct scratch *scratch = scratch_take(me.tid);
  int size = scratch ? copy_text(scratch, call, (uint64_t)got) : -1;
  if (size < 0 || size > (int)HB_BPF_WINDOW) {
    if (scratch) scratch->busy = 0;
    __sync_fetch_and_add(&target->unscanned, 1);
    return;
  }
  uint16_t keyword = (uint16_t)scan(scratch, (uint64_t)(uint32_t)size);
  scratch->busy = 0;
  if (size < got) __sync_fetch_and_add(&target->cut, 1);
  if (config.level < HB_LEVEL_FULL) {
    target->seen += keyword;
    return;
  }
  struct hb_record made = {
      .t_ns = call->start_ns,
      .latency_ns = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took,
      .pid = me.tgid,
      .tid = me.tid,
      .fd = (int32_t)call->fd,
      .bytes = (int32_t)got,
      .keyword = keyword,
      .flags = keyword == HB_NO_KEYWORD ? 0 : HB_FLAG_HIT,
      .abi = HB_ABI_VERSION,
  };
  record(target, &made);
}

static __always_inline void finish(struct hb_bpf_target *target, struct self me, const struct call *call, int64_t result) {
  if (call->kind == KIND_ACCEPT) {
    if (result >= 0) track(target, (uint32_t)result, 1);
  } else if (call->kind == KIND_DUP) {
    if (result >= 0 && (uint32_t)result != call->fd) track(target, (uint32_t)result, is_tracked(target, call->fd));
  } else if (result > 0) {
    counted_read(target, me, call, result);
  } else {
    __sync_fetch_and_add(result == 0 ? &target->eofs : &target->errors, 1);
  }
}

static __always_inline void left(int64_t result) {
  if (config.level == HB_LEVEL_EMPTY) return;
  struct self me = self();
  struct hb_bpf_target *target = target_of(me.tgid);
  if (!target) return;
  struct call *call = call_of(me.tid);
  if (!call) return;
  finish(target, me, call, result);
  call_end(call, me.tid);
}

#endif
