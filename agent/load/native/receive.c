#include "receive.h"

#include "clock.h"
#include "response.h"

#define RESPONSE_BUFFER_BYTES 65536u

static response_rule *rule_of(enum target_protocol protocol);

/* The bytes are looked at after the clock, so reading them costs the sample nothing. */
int receive_response(const struct target *target, const struct deadline *deadline, struct received *received,
                     struct failure *failure) {
  static char buffer[RESPONSE_BUFFER_BYTES];
  response_rule *rule = rule_of(target->protocol);
  uint64_t extent = 0;
  for (int known = 0;;) {
    size_t used = known ? 0 : (size_t)received->bytes;
    if (used == sizeof buffer) return fail(failure, "bad response: its head is over %u bytes", RESPONSE_BUFFER_BYTES);
    ssize_t got = wire_receive(target->fd, buffer + used, sizeof buffer - used, deadline, failure);
    if (got < 0) return -1;
    received->end_ns = clock_ns();
    received->bytes += (uint64_t)got;
    if (!known) known = rule(buffer, (size_t)received->bytes, target->replies, &extent, failure);
    if (known < 0) return -1;
    if (!known || received->bytes < extent) continue;
    if (received->bytes == extent) return 0;
    const char *said = target->protocol == TARGET_HTTP ? "its Content-Length" : "one response has";
    return fail(failure, "bad response: more bytes than %s", said);
  }
}

static response_rule *rule_of(enum target_protocol protocol) {
  switch (protocol) {
    case TARGET_RESP:
      return response_resp;
    case TARGET_MEMCACHED:
      return response_memcached;
    case TARGET_POSTGRES:
      return response_postgres;
    default:
      return response_http;
  }
}
