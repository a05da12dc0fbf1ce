/* Holding the time stamp counter to CLOCK_MONOTONIC. Not on the hot path: once at the start, then once in some 10 ms a thread. */
#define _GNU_SOURCE
#include "clock.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "real.h"

#if HB_HAS_TSC
#include <cpuid.h>
#endif

/* The first anchor's distance from the origin: 2 ms, with both ends known to some 30 ns, is the rate to 30 in a million. It gets
 * better with every later anchor. */
#define FIRST_SPAN_NS 2000000u
#define TRIES 5

struct hb_clock hb_clock;
__thread struct hb_anchor hb_anchor;
static struct hb_anchor origin;

/* Both times of one moment: the counter before and after the vDSO's clock, the tightest of some tries, since a try may be
 * interrupted. */
static struct hb_anchor both_times(void) {
  struct hb_anchor best = {0};
  uint64_t gap = UINT64_MAX;
  for (int i = 0; i < TRIES; i++) {
    uint64_t before = hb_ticks_after(), ns = hb_clock_vdso_ns(), after = hb_ticks_after();
    if (after - before >= gap) continue;
    gap = after - before;
    best.ticks = before + gap / 2;
    best.ns = ns;
  }
  return best;
}

uint64_t hb_clock_anchor(void) {
  struct hb_anchor fresh = both_times();
  uint64_t ticks = fresh.ticks - origin.ticks, ns = fresh.ns - origin.ns;
  fresh.ns_per_tick = (uint64_t)((double)ns / (double)ticks * 4294967296.0);
  hb_anchor = fresh;
  return hb_ticks();
}

#if HB_HAS_TSC
/* Counts at one rate in every power state (CPUID 80000007h). */
static bool is_invariant(void) {
  unsigned a, b, c, d;
  return __get_cpuid(0x80000007u, &a, &b, &c, &d) && (d & (1u << 8));
}

/* The kernel watches the counters of all cores against other clocks; where it uses them itself they can be trusted. */
static bool is_kernels_clock(void) {
  char name[16] = {0};
  int fd = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t size = hb_real.read(fd, name, sizeof name - 1);
  hb_real.close(fd);
  return size > 0 && strcmp(name, "tsc\n") == 0;
}
#endif

const char *hb_clock_use_tsc(void) {
#if HB_HAS_TSC
  if (!is_invariant()) return "this processor's time stamp counter does not count at one rate";
  if (!is_kernels_clock()) return "the kernel does not use the time stamp counter for its own clock";
  origin = both_times();
  while (hb_clock_vdso_ns() - origin.ns < FIRST_SPAN_NS) continue;
  hb_clock_anchor();
  hb_clock.tsc = 1;
  return NULL;
#else
  return "only on x86-64";
#endif
}
