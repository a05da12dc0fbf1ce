/* The hook's work around a read, whoever makes the read: libc's for the library (hook.c), the JDK's natives for the agent in a JVM
 * (../jvmti). On the hot path: no lock, no allocation, and errno stays the read's. */
#ifndef HOOKBENCH_PRELOAD_RECORDING_H
#define HOOKBENCH_PRELOAD_RECORDING_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "clock.h"
#include "hook.h"
#include "ring.h"
#include "scattered.h"

static inline struct hb_moment hb_begin(void) {
  hb_ring_ready(); /* before the clock: the first read of a thread should not show what claiming costs */
  hb_ring_prefetch(); /* the system call takes longer than the record's line to arrive */
  return hb_clock_start();
}

static inline bool hb_to_block(uint16_t keyword) {
  return __builtin_expect(keyword != HB_NO_KEYWORD, 0) && hb_hook.action == HB_ACTION_BLOCK;
}

/* Records a read that brought bytes, after all else is done. Returns what the program gets. */
static inline ssize_t hb_record_read(int fd, ssize_t result, const struct hb_moment *start, uint16_t keyword) {
  __asm__ volatile("" ::"r"(keyword) : "memory"); /* the clock is not to be read before the scan has ended */
  bool blocked = hb_to_block(keyword);
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

static inline ssize_t hb_record_empty(ssize_t result) {
  hb_ring_note_empty(result);
  return result;
}

/* read and recv, and recvfrom without the address: the bytes lie in one buffer. */
static inline uint16_t hb_scan(void *buffer, ssize_t result) {
  uint16_t keyword = hb_scanner_search(&hb_hook.scanner, buffer, (size_t)result);
  if (__builtin_expect(hb_to_block(keyword), 0)) memset(buffer, 0, (size_t)result);
  return keyword;
}

/* Most calls fill no more than the first part; then the scanner sees one buffer. */
static inline uint16_t hb_scan_parts(const struct iovec *parts, ssize_t result) {
  if (parts->iov_len >= (size_t)result) return hb_scan(parts->iov_base, result);
  uint16_t keyword = hb_scattered_scan(&hb_hook.scanner.ac, parts, (size_t)result);
  if (hb_to_block(keyword)) hb_scattered_zero(parts, (size_t)result);
  return keyword;
}

#endif
