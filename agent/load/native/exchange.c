#include "exchange.h"

void exchange_count_sent(struct target *target, const struct payload *payload, uint8_t flags) {
  target->counters.requests++;
  target->counters.bytes_sent += payload->length;
  if (flags & SAMPLE_HIT) target->counters.hits_sent++;
}
