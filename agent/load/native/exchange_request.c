#include "clock.h"
#include "exchange.h"
#include "receive.h"

int exchange_request(struct target *target, const struct payload *payload, uint8_t flags, uint32_t timeout_ms,
                     struct samples *samples, struct failure *failure) {
  struct received received = {0};
  struct deadline deadline = deadline_in(timeout_ms);
  uint64_t start_ns = clock_ns();
  if (wire_send(target->fd, payload->bytes, payload->length, &deadline, failure) != 0) return -1;
  exchange_count_sent(target, payload, flags);
  int outcome = receive_response(target, &deadline, &received, failure);
  target->counters.bytes_received += received.bytes;
  if (outcome != 0) return -1;
  samples_add(samples, start_ns, received.end_ns - start_ns, (uint8_t)target->id, flags);
  target->counters.units++;
  return 0;
}
