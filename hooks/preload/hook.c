/* The hook itself: clock, read, scan, action, clock, record. Everything here is on the hot path: no lock, no allocation, no
 * system call but the read, and errno stays the read's. */
#define _GNU_SOURCE
#include "hook.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "real.h"
#include "ring.h"

struct hb_hook hb_hook;

static inline uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now); /* the vDSO: no system call, and errno untouched */
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

ssize_t hb_hooked_read(int fd, void *buffer, size_t size) {
  hb_ring_ready(); /* before the clock: the first read of a thread should not show what claiming costs */
  uint64_t start = now_ns();
  ssize_t result = hb_real.read(fd, buffer, size);
  if (result <= 0) {
    hb_ring_note_empty(result);
    return result;
  }
  uint16_t keyword = hb_ac_scan(&hb_hook.ac, buffer, (size_t)result);
  int hit = keyword != HB_NO_KEYWORD;
  int blocked = hit && hb_hook.action == HB_ACTION_BLOCK;
  if (__builtin_expect(blocked, 0)) memset(buffer, 0, (size_t)result);
  uint64_t took = now_ns() - start;
  struct hb_record record = {
      .t_ns = start,
      .latency_ns = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took,
      .fd = fd,
      .bytes = (int32_t)result, /* the kernel returns at most 2^31 - 4096 */
      .keyword = keyword,
      .flags = (uint8_t)((hit ? HB_FLAG_HIT : 0) | (blocked ? HB_FLAG_BLOCKED : 0)),
  };
  hb_ring_write(&record);
  if (__builtin_expect(blocked, 0)) {
    errno = ECONNRESET;
    return -1;
  }
  return result;
}
