#ifndef HOOKBENCH_LOAD_SAMPLES_H
#define HOOKBENCH_LOAD_SAMPLES_H

#include <stdint.h>

#include "failure.h"

#define SAMPLE_HIT 1u
#define SAMPLE_SETTLE 2u

/* The samples of one run, in memory from before its first unit until after its last. */
struct samples {
  uint64_t *start_ns;
  uint32_t *latency_ns;
  uint8_t *target;
  uint8_t *flags;
  uint64_t length;
  uint64_t capacity;
};

/* Empties it and makes room, pages touched. Keeps what it has when that is enough. */
int samples_reserve(struct samples *samples, uint64_t capacity, struct failure *failure);

/* Room was reserved: never allocates. */
static inline void samples_add(struct samples *s, uint64_t start_ns, uint64_t latency_ns, uint8_t target, uint8_t flags) {
  uint64_t i = s->length++;
  s->start_ns[i] = start_ns;
  s->latency_ns[i] = latency_ns > UINT32_MAX ? UINT32_MAX : (uint32_t)latency_ns;
  s->target[i] = target;
  s->flags[i] = flags;
}

/* Writes them as frames. */
void samples_write(const struct samples *samples, uint32_t step);

#endif
