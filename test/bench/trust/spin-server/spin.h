#ifndef TRUST_SPIN_H
#define TRUST_SPIN_H

#include <stdint.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/* A spin of a given length. Its fixed costs are in every arm, because an arm without delay spins for 0 ticks. */
struct spin {
  uint64_t ticks;
};

static inline uint64_t spin_clock(void) {
#if defined(__x86_64__)
  return __rdtsc();
#else
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
}

static inline void spin_for(const struct spin *spin) {
  uint64_t end = spin_clock() + spin->ticks;
  while ((int64_t)(spin_clock() - end) < 0) continue;
}

/* A spin that is delay_ns longer than one of 0 ticks: the clock's rate is measured against CLOCK_MONOTONIC, and the mean overshoot of the loop is taken off. */
struct spin spin_calibrated(uint32_t delay_ns);

/* What delay_ns really adds, ns: median and quartiles over batches of spins, against CLOCK_MONOTONIC. */
struct spin_check {
  double median_ns;
  double low_ns;
  double high_ns;
};
struct spin_check spin_measured(uint32_t delay_ns);

#endif
