#define _GNU_SOURCE
#include "calls.h"

#include <string.h>
#include <sys/syscall.h>

#include "../../preload/functions.h"
#include "../memory.h"
#include "refuse.h"

static uint8_t bytes[HB_MOST_BYTES];
static struct iovec parts[HB_MOST_PARTS];

static bool is_tracked(const struct hb_target *target, uint64_t fd) {
  return fd < HB_FDS && (target->fds[fd / 64] >> (fd & 63) & 1);
}

static void track(struct hb_target *target, uint64_t fd, bool tracked) {
  if (fd < HB_FDS && tracked)
    target->fds[fd / 64] |= 1ull << (fd & 63);
  else if (fd < HB_FDS)
    target->fds[fd / 64] &= ~(1ull << (fd & 63));
  else if (tracked)
    target->ring.header->untracked_fds++;
}

static enum hb_kind if_asked(uint32_t functions, enum hb_kind kind) {
  return hb_outside.functions & functions ? kind : HB_CALL_NONE;
}

static enum hb_kind kind_of(uint64_t number) {
  switch (number) {
    case SYS_read: return if_asked(HB_FUNCTION_READ, HB_CALL_READ);
    case SYS_readv: return if_asked(HB_FUNCTION_READV, HB_CALL_VECTOR);
    case SYS_recvfrom: return if_asked(HB_FUNCTION_RECV | HB_FUNCTION_RECVFROM, HB_CALL_FROM);
    case SYS_recvmsg: return if_asked(HB_FUNCTION_RECVMSG, HB_CALL_MESSAGE);
    case SYS_accept:
    case SYS_accept4: return HB_CALL_ACCEPT;
    case SYS_dup:
#ifdef SYS_dup2
    case SYS_dup2:
#endif
    case SYS_dup3: return HB_CALL_DUP;
    default: return HB_CALL_NONE;
  }
}

static bool is_aside(enum hb_kind kind, const uint64_t *args) {
  if (kind == HB_CALL_FROM) return (args[3] & HB_UNCOUNTED_FLAGS) != 0;
  return kind == HB_CALL_MESSAGE && (args[2] & HB_UNCOUNTED_FLAGS) != 0;
}

/* A descriptor is marked as closed before it is: as soon as its number is free another thread may be given it by accept. */
void hb_call_entered(struct hb_thread *thread, uint64_t number, const uint64_t *args) {
  struct hb_target *target = thread->target;
  thread->kind = HB_CALL_NONE;
  if (number == SYS_close) track(target, (uint32_t)args[0], false);
  enum hb_kind kind = kind_of(number);
  bool reads = kind >= HB_CALL_READ && kind <= HB_CALL_MESSAGE;
  if (kind == HB_CALL_NONE || (reads && (is_aside(kind, args) || !is_tracked(target, (uint32_t)args[0])))) return;
  thread->kind = kind;
  memcpy(thread->args, args, sizeof thread->args);
  if (reads && hb_outside.action == HB_ACTION_BLOCK) hb_refuse_prepare(thread);
  thread->start_ns = hb_now_ns();
}

/* Where the call put its bytes: how many parts; 0 when that cannot be known. */
static size_t parts_of(const struct hb_thread *thread, int64_t result) {
  pid_t pid = thread->target->pid;
  struct msghdr message;
  uint64_t at = thread->args[1], count = thread->args[2];
  if (thread->kind == HB_CALL_READ || thread->kind == HB_CALL_FROM) {
    parts[0] = (struct iovec){(void *)(uintptr_t)at, (size_t)result};
    return 1;
  }
  if (thread->kind == HB_CALL_MESSAGE) {
    if (!hb_memory_read(pid, at, &message, sizeof message)) return 0;
    at = (uint64_t)(uintptr_t)message.msg_iov;
    count = message.msg_iovlen;
  }
  return hb_memory_parts(pid, at, count, parts) ? count : 0;
}

static void counted_read(struct hb_thread *thread, int64_t result) {
  uint64_t end_ns = hb_now_ns();
  struct hb_target *target = thread->target;
  size_t size = result > (int64_t)HB_MOST_BYTES ? HB_MOST_BYTES : (size_t)result;
  size_t count = parts_of(thread, result);
  if (!count || !hb_memory_gather(target->pid, parts, count, bytes, size)) {
    target->ring.header->unringed++; /* the memory went away under it: not scanned, so not told of */
    return;
  }
  target->cut += size < (size_t)result;
  uint16_t keyword = hb_outside_scan(bytes, size);
  if (hb_outside_blocks(keyword)) hb_refuse(thread, parts, count, (size_t)result);
  hb_outside_record(&target->ring, &(struct hb_seen){
                                       .start_ns = thread->start_ns,
                                       .pid = (uint32_t)target->pid,
                                       .tid = (uint32_t)thread->tid,
                                       .fd = (int32_t)thread->args[0],
                                       .bytes = (int32_t)result,
                                       .keyword = keyword,
                                       .end_ns = end_ns,
                                   });
}

void hb_call_left(struct hb_thread *thread, int64_t result) {
  struct hb_target *target = thread->target;
  enum hb_kind kind = thread->kind;
  thread->kind = HB_CALL_NONE;
  if (kind == HB_CALL_NONE) return;
  if (kind == HB_CALL_ACCEPT) {
    if (result >= 0) track(target, (uint64_t)result, true);
  } else if (kind == HB_CALL_DUP) {
    if (result >= 0 && (uint64_t)result != (uint32_t)thread->args[0])
      track(target, (uint64_t)result, is_tracked(target, (uint32_t)thread->args[0]));
  } else if (result <= 0) {
    *(result == 0 ? &target->ring.ring->eofs : &target->ring.ring->errors) += 1;
  } else {
    thread->kind = kind;
    counted_read(thread, result);
    thread->kind = HB_CALL_NONE;
  }
}
