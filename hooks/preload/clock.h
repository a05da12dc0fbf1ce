/* The hook's clock: CLOCK_MONOTONIC through the vDSO, or the time stamp counter held to it, which costs less than half.
 *
 * tsc: each thread keeps an anchor, a moment of which it knows both times, and renews it when it is older than HB_ANCHOR_TICKS.
 * Between anchors the counter is converted by the rate since the start of the program. */
#ifndef HOOKBENCH_PRELOAD_CLOCK_H
#define HOOKBENCH_PRELOAD_CLOCK_H

#include <stdint.h>
#include <time.h>

#define HB_ANCHOR_TICKS (1u << 25) /* 10 ms at 3.3 GHz */

struct hb_clock {
  uint32_t tsc; /* 1: the time stamp counter */
};
extern struct hb_clock hb_clock;

struct hb_anchor {
  uint64_t ticks;
  uint64_t ns;
  uint64_t ns_per_tick; /* times 2^32 */
};
extern __thread struct hb_anchor hb_anchor;

/* When a call began: `ticks` to measure from (ns with the vDSO), `ns` for the record. */
struct hb_moment {
  uint64_t ticks;
  uint64_t ns;
};

/* Chooses the clock. Returns NULL, or why this machine's counter cannot be used. */
const char *hb_clock_use_tsc(void);

/* A new anchor for this thread; returns the counter after it. Keeps errno. */
uint64_t hb_clock_anchor(void);

static inline uint64_t hb_clock_vdso_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now); /* the vDSO: no system call, and errno untouched */
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#if defined(__x86_64__)
#define HB_HAS_TSC 1
static inline uint64_t hb_ticks(void) { return __builtin_ia32_rdtsc(); }
/* Not before everything ahead of it is done. */
static inline uint64_t hb_ticks_after(void) {
  __builtin_ia32_lfence();
  return __builtin_ia32_rdtsc();
}
#else
#define HB_HAS_TSC 0
static inline uint64_t hb_ticks(void) { return 0; }
static inline uint64_t hb_ticks_after(void) { return 0; }
#endif

static inline uint64_t hb_scaled(uint64_t ticks, uint64_t ns_per_tick) {
  return (uint64_t)(((unsigned __int128)ticks * ns_per_tick) >> 32);
}

static inline struct hb_moment hb_clock_start(void) {
  struct hb_moment start;
  if (!HB_HAS_TSC || !hb_clock.tsc) {
    start.ticks = start.ns = hb_clock_vdso_ns();
    return start;
  }
  start.ticks = hb_ticks();
  if (__builtin_expect(start.ticks - hb_anchor.ticks >= HB_ANCHOR_TICKS, 0)) start.ticks = hb_clock_anchor();
  uint64_t from;
  do { /* a signal handler that reads may renew the anchor between two loads of it */
    from = hb_anchor.ticks;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    uint64_t since = start.ticks < from ? 0 : start.ticks - from;
    start.ns = hb_anchor.ns + hb_scaled(since, hb_anchor.ns_per_tick);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
  } while (__builtin_expect(from != hb_anchor.ticks, 0));
  return start;
}

/* ns since start, at most 2^32 - 1. */
static inline uint32_t hb_clock_since(const struct hb_moment *start) {
  uint64_t took;
  if (!HB_HAS_TSC || !hb_clock.tsc) {
    took = hb_clock_vdso_ns() - start->ticks;
  } else {
    uint64_t now = hb_ticks_after();
    /* Counters of two cores may differ by some ticks. */
    took = now < start->ticks ? 0 : hb_scaled(now - start->ticks, hb_anchor.ns_per_tick);
  }
  return took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
}

#endif
