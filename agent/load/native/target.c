#include "target.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "limits.h"
#include "receive.h"

static int say_hello(struct target *target, uint32_t request_length, const struct deadline *deadline,
                     struct failure *failure);
static int say_opening(struct target *target, const struct deadline *deadline, struct failure *failure);

struct target *targets_new(void) {
  struct target *targets = calloc(MAX_TARGETS, sizeof *targets);
  if (targets == NULL) abort();
  for (uint32_t id = 0; id < MAX_TARGETS; id++) {
    targets[id].id = id;
    targets[id].fd = -1;
  }
  return targets;
}

int target_open(struct target *target, bool fresh, uint32_t request_length, uint32_t timeout_ms,
                struct failure *failure) {
  bool other_hello = target->protocol == TARGET_BURST && target->hello_length != request_length;
  if (target->fd >= 0 && (fresh || other_hello || wire_is_stale(target->fd))) target_close(target);
  if (target->fd >= 0) return 0;
  struct deadline deadline = deadline_in(timeout_ms);
  target->fd = wire_connect(target->ipv4_be, target->port, &deadline, failure);
  if (target->fd < 0) return -1;
  target->counters.reconnects++;
  if (target->protocol == TARGET_BURST) return say_hello(target, request_length, &deadline, failure);
  if (target->around.opening_length > 0) return say_opening(target, &deadline, failure);
  return 0;
}

void target_close(struct target *target) {
  if (target->fd >= 0) close(target->fd);
  target->fd = -1;
}

void target_reset(struct target *target) {
  target_close(target);
  free(target->around.bytes);
  requests_free(&target->requests);
  *target = (struct target){.id = target->id, .fd = -1};
}

void targets_close(struct target *targets) {
  for (uint32_t id = 0; id < MAX_TARGETS; id++) target_close(&targets[id]);
}

int target_blame(const struct target *target, struct failure *failure) {
  char address[INET_ADDRSTRLEN];
  struct failure why = *failure;
  inet_ntop(AF_INET, &target->ipv4_be, address, sizeof address);
  return fail(failure, "target %u (%s:%u): %.400s", target->id, address, target->port, why.text);
}

static int say_hello(struct target *target, uint32_t request_length, const struct deadline *deadline,
                     struct failure *failure) {
  unsigned char hello[16] = "HBRL";
  uint32_t requests = target->requests_per_unit;
  memcpy(hello + 4, &request_length, sizeof request_length);
  memcpy(hello + 8, &requests, sizeof requests);
  target->hello_length = request_length;
  return wire_send(target->fd, hello, sizeof hello, deadline, failure);
}

static int say_opening(struct target *target, const struct deadline *deadline, struct failure *failure) {
  struct received received = {0};
  if (wire_send(target->fd, target->around.bytes, target->around.opening_length, deadline, failure) != 0) return -1;
  return receive_response(target, deadline, &received, failure);
}
