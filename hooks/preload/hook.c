/* The hook itself: clock, read, scan, action, clock, record. Everything here is on the hot path: no lock, no allocation, no
 * system call but the read, and errno stays the read's. */
#define _GNU_SOURCE
#include "hook.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "clock.h"
#include "message.h"
#include "readable.h"
#include "real.h"
#include "ring.h"
#include "scattered.h"

struct hb_hook hb_hook;

static inline struct hb_moment begin(void) {
  hb_ring_ready(); /* before the clock: the first read of a thread should not show what claiming costs */
  hb_ring_prefetch(); /* the system call takes longer than the record's line to arrive */
  return hb_clock_start();
}

static inline bool to_block(uint16_t keyword) {
  return __builtin_expect(keyword != HB_NO_KEYWORD, 0) && hb_hook.action == HB_ACTION_BLOCK;
}

/* What a blocked call must restore is read before it, and only for that action. A bad pointer is the kernel's to refuse. */
static inline bool may_block(void) { return __builtin_expect(hb_hook.action == HB_ACTION_BLOCK, 0); }

/* Records a read that brought bytes, after all else is done. Returns what the program gets. */
static inline ssize_t record(int fd, ssize_t result, const struct hb_moment *start, uint16_t keyword) {
  __asm__ volatile("" ::"r"(keyword) : "memory"); /* the clock is not to be read before the scan has ended */
  bool blocked = to_block(keyword);
  struct hb_record record = {
      .latency_ns = hb_clock_since(start),
      .t_ns = start->ns,
      .fd = fd,
      .bytes = (int32_t)result, /* the kernel returns at most 2^31 - 4096 */
      .keyword = keyword,
      .flags = (uint8_t)((keyword != HB_NO_KEYWORD ? HB_FLAG_HIT : 0) | (blocked ? HB_FLAG_BLOCKED : 0)),
  };
  hb_ring_write(&record);
  if (__builtin_expect(!blocked, 1)) return result;
  errno = hb_hook.block_errno;
  return -1;
}

static inline ssize_t nothing(ssize_t result) {
  hb_ring_note_empty(result);
  return result;
}

/* read and recv, and recvfrom without the address: the bytes lie in one buffer. */
static inline uint16_t scan(void *buffer, ssize_t result) {
  uint16_t keyword = hb_scanner_search(&hb_hook.scanner, buffer, (size_t)result);
  if (__builtin_expect(to_block(keyword), 0)) memset(buffer, 0, (size_t)result);
  return keyword;
}

/* Most calls fill no more than the first part; then the scanner sees one buffer. */
static inline uint16_t scan_parts(const struct iovec *parts, ssize_t result) {
  if (parts->iov_len >= (size_t)result) return scan(parts->iov_base, result);
  uint16_t keyword = hb_scattered_scan(&hb_hook.scanner.ac, parts, (size_t)result);
  if (to_block(keyword)) hb_scattered_zero(parts, (size_t)result);
  return keyword;
}

ssize_t hb_hooked_read(int fd, void *buffer, size_t size) {
  struct hb_moment start = begin();
  ssize_t result = hb_real.read(fd, buffer, size);
  if (__builtin_expect(result <= 0, 0)) return nothing(result);
  return record(fd, result, &start, scan(buffer, result));
}

ssize_t hb_hooked_recv(int fd, void *buffer, size_t size, int flags) {
  struct hb_moment start = begin();
  ssize_t result = hb_real.recv(fd, buffer, size, flags);
  if (__builtin_expect(result <= 0, 0)) return nothing(result);
  return record(fd, result, &start, scan(buffer, result));
}

ssize_t hb_hooked_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
  socklen_t room = may_block() && from && hb_readable(length, sizeof *length) ? *length : 0;
  struct hb_moment start = begin();
  ssize_t result = hb_real.recvfrom(fd, buffer, size, flags, from, length);
  if (__builtin_expect(result <= 0, 0)) return nothing(result);
  uint16_t keyword = scan(buffer, result);
  if (__builtin_expect(to_block(keyword), 0)) hb_address_undo(from, length, room);
  return record(fd, result, &start, keyword);
}

ssize_t hb_hooked_readv(int fd, const struct iovec *parts, int count) {
  struct hb_moment start = begin();
  ssize_t result = hb_real.readv(fd, parts, count);
  if (__builtin_expect(result <= 0, 0)) return nothing(result);
  return record(fd, result, &start, scan_parts(parts, result));
}

ssize_t hb_hooked_recvmsg(int fd, struct msghdr *message, int flags) {
  struct hb_message_before before = {0};
  if (may_block() && hb_readable(message, sizeof *message)) before = hb_message_before(message);
  struct hb_moment start = begin();
  ssize_t result = hb_real.recvmsg(fd, message, flags);
  if (__builtin_expect(result <= 0, 0)) return nothing(result);
  uint16_t keyword = scan_parts(message->msg_iov, result);
  if (__builtin_expect(to_block(keyword), 0)) hb_message_undo(message, &before);
  return record(fd, result, &start, keyword);
}
