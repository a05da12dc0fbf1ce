#define _GNU_SOURCE
#include "spin.h"

#include <stdlib.h>

#define RATE_NS 30000000
#define BATCHES 101
#define SPINS_PER_BATCH 30

static double ticks_per_ns(void);
static double added_ns(const struct spin *spin, double *low_ns, double *high_ns);
static double batch_ns(const struct spin *spin);
static double now_ns(void);
static int by_value(const void *a, const void *b);

struct spin spin_calibrated(uint32_t delay_ns) {
  double rate = ticks_per_ns();
  struct spin spin = {.ticks = (uint64_t)(delay_ns * rate + 0.5)};
  if (delay_ns == 0) return spin;
  double over_ns = added_ns(&spin, NULL, NULL) - delay_ns;
  /* a machine that is too busy for a calibration must not make the delay something else */
  if (over_ns > -100 && over_ns < 100) spin.ticks = (uint64_t)((delay_ns - over_ns) * rate + 0.5);
  return spin;
}

struct spin_check spin_measured(uint32_t delay_ns) {
  struct spin spin = spin_calibrated(delay_ns);
  struct spin_check check;
  check.median_ns = added_ns(&spin, &check.low_ns, &check.high_ns);
  return check;
}

static double ticks_per_ns(void) {
  double from_ns = now_ns();
  uint64_t from = spin_clock();
  nanosleep(&(struct timespec){.tv_nsec = RATE_NS}, NULL);
  double to_ns = now_ns();
  uint64_t to = spin_clock();
  return (double)(to - from) / (to_ns - from_ns);
}

/* Batches with and without the delay in turn; medians, because other processes get in between. */
static double added_ns(const struct spin *spin, double *low_ns, double *high_ns) {
  static double differences[BATCHES];
  const struct spin none = {0};
  for (int i = 0; i < BATCHES; i++) {
    double without_ns = batch_ns(&none);
    differences[i] = (batch_ns(spin) - without_ns) / SPINS_PER_BATCH;
  }
  qsort(differences, BATCHES, sizeof differences[0], by_value);
  if (low_ns != NULL) *low_ns = differences[BATCHES / 4];
  if (high_ns != NULL) *high_ns = differences[BATCHES - 1 - BATCHES / 4];
  return differences[BATCHES / 2];
}

static double batch_ns(const struct spin *spin) {
  double from_ns = now_ns();
  for (int i = 0; i < SPINS_PER_BATCH; i++) spin_for(spin);
  return now_ns() - from_ns;
}

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
