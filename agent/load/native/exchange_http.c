#include "clock.h"
#include "exchange.h"
#include "response.h"

#define RESPONSE_BUFFER_BYTES 65536u

static int receive_response(struct target *target, const struct deadline *deadline, uint64_t *end_ns,
                            struct failure *failure);
static int check_extent(const struct response_head *head, uint64_t received, struct failure *failure);

int exchange_http(struct target *target, const struct payload *payload, uint8_t flags, uint32_t timeout_ms,
                  struct samples *samples, struct failure *failure) {
  uint64_t end_ns = 0;
  struct deadline deadline = deadline_in(timeout_ms);
  uint64_t start_ns = clock_ns();
  if (wire_send(target->fd, payload->bytes, payload->length, &deadline, failure) != 0) return -1;
  exchange_count_sent(target, payload, flags);
  if (receive_response(target, &deadline, &end_ns, failure) != 0) return -1;
  samples_add(samples, start_ns, end_ns - start_ns, (uint8_t)target->id, flags);
  target->counters.units++;
  return 0;
}

/* The head is looked at after the clock, so reading it costs the sample nothing. */
static int receive_response(struct target *target, const struct deadline *deadline, uint64_t *end_ns,
                            struct failure *failure) {
  static char buffer[RESPONSE_BUFFER_BYTES];
  struct response_head head;
  uint64_t received = 0;
  for (int complete = 0;;) {
    size_t used = complete ? 0 : (size_t)received;
    if (used == sizeof buffer) return fail(failure, "bad response: its head is over %u bytes", RESPONSE_BUFFER_BYTES);
    ssize_t got = wire_receive(target->fd, buffer + used, sizeof buffer - used, deadline, failure);
    if (got < 0) return -1;
    *end_ns = clock_ns();
    received += (uint64_t)got;
    target->counters.bytes_received += (uint64_t)got;
    if (!complete) complete = response_parse(buffer, (size_t)received, &head, failure);
    if (complete < 0) return -1;
    if (complete && received >= head.head_bytes + head.body_bytes) return check_extent(&head, received, failure);
  }
}

static int check_extent(const struct response_head *head, uint64_t received, struct failure *failure) {
  if (received == head->head_bytes + head->body_bytes) return 0;
  return fail(failure, "bad response: more bytes than its Content-Length");
}
