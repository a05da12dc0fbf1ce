#include "samples.h"

#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "limits.h"
#include "process.h"

#define SAMPLE_BYTES 10u

static void release(struct samples *s);
static uint64_t frame_end(const struct samples *s, uint64_t first);

int samples_reserve(struct samples *s, uint64_t capacity, struct failure *failure) {
  s->length = 0;
  if (capacity <= s->capacity) return 0;
  release(s);
  s->start_ns = malloc(capacity * sizeof *s->start_ns);
  s->latency_ns = malloc(capacity * sizeof *s->latency_ns);
  s->target = malloc(capacity);
  s->flags = malloc(capacity);
  if (s->start_ns == NULL || s->latency_ns == NULL || s->target == NULL || s->flags == NULL) {
    release(s);
    return fail(failure, "no memory for %llu samples", (unsigned long long)capacity);
  }
  memset(s->start_ns, 1, capacity * sizeof *s->start_ns);
  memset(s->latency_ns, 1, capacity * sizeof *s->latency_ns);
  memset(s->target, 1, capacity);
  memset(s->flags, 1, capacity);
  s->capacity = capacity;
  process_lock_memory();
  return 0;
}

void samples_write(const struct samples *s, uint32_t step) {
  static unsigned char payload[MAX_SAMPLES_PER_FRAME * SAMPLE_BYTES];
  for (uint64_t first = 0; first < s->length;) {
    uint64_t end = frame_end(s, first);
    uint32_t n = (uint32_t)(end - first);
    for (uint32_t i = 0; i < n; i++) {
      uint32_t dt_ns = (uint32_t)(s->start_ns[first + i] - s->start_ns[first]);
      memcpy(payload + 4 * i, &dt_ns, sizeof dt_ns);
    }
    memcpy(payload + 4 * n, s->latency_ns + first, 4 * n);
    memcpy(payload + 8 * n, s->target + first, n);
    memcpy(payload + 9 * n, s->flags + first, n);
    frame_write(FRAME_SAMPLES, step, s->start_ns[first], n, payload, SAMPLE_BYTES * n);
    first = end;
  }
}

static uint64_t frame_end(const struct samples *s, uint64_t first) {
  uint64_t end = first + 1;
  while (end < s->length && end - first < MAX_SAMPLES_PER_FRAME &&
         s->start_ns[end] - s->start_ns[first] <= MAX_FRAME_SPAN_NS) {
    end++;
  }
  return end;
}

static void release(struct samples *s) {
  free(s->start_ns);
  free(s->latency_ns);
  free(s->target);
  free(s->flags);
  *s = (struct samples){0};
}
