#include <string.h>

#include "clock.h"
#include "exchange.h"
#include "limits.h"

static const unsigned char *burst_bytes(const struct payload *payload, uint32_t requests);
static int receive_latencies(struct target *target, uint32_t *latency_ns, const struct deadline *deadline,
                             struct failure *failure);

int exchange_burst(struct target *target, const struct payload *payload, uint8_t flags, uint32_t timeout_ms,
                   struct samples *samples, struct failure *failure) {
  static uint32_t latency_ns[MAX_BURST_REQUESTS];
  uint32_t requests = target->requests_per_unit;
  const unsigned char *bytes = burst_bytes(payload, requests);
  struct deadline deadline = deadline_in(timeout_ms);
  uint64_t start_ns = clock_ns();
  if (wire_send(target->fd, bytes, (size_t)requests * payload->length, &deadline, failure) != 0) return -1;
  for (uint32_t i = 0; i < requests; i++) exchange_count_sent(target, payload, flags);
  if (receive_latencies(target, latency_ns, &deadline, failure) != 0) return -1;
  for (uint32_t i = 0; i < requests; i++) {
    samples_add(samples, start_ns, latency_ns[i], (uint8_t)target->id, flags);
    start_ns += latency_ns[i];
  }
  target->counters.units++;
  return 0;
}

static int receive_latencies(struct target *target, uint32_t *latency_ns, const struct deadline *deadline,
                             struct failure *failure) {
  size_t wanted = target->requests_per_unit * sizeof *latency_ns;
  char *next = (char *)latency_ns;
  while (wanted > 0) {
    ssize_t got = wire_receive(target->fd, next, wanted, deadline, failure);
    if (got < 0) return -1;
    target->counters.bytes_received += (uint64_t)got;
    next += got;
    wanted -= (size_t)got;
  }
  return 0;
}

/* The payload over and over; the target's limits were checked when the run began. */
static const unsigned char *burst_bytes(const struct payload *payload, uint32_t requests) {
  static unsigned char bytes[MAX_BURST_BYTES];
  for (uint32_t i = 0; i < requests; i++) memcpy(bytes + (size_t)i * payload->length, payload->bytes, payload->length);
  return bytes;
}
