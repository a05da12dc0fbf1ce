#ifndef HOOKBENCH_LOAD_TARGET_H
#define HOOKBENCH_LOAD_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "failure.h"
#include "frame.h"
#include "request.h"
#include "wire.h"

/* BURST is read-loop's own; the others differ in where a response ends. */
enum target_protocol { TARGET_UNSET = 0, TARGET_HTTP, TARGET_BURST, TARGET_RESP, TARGET_MEMCACHED, TARGET_POSTGRES };

/* What is to become of requests with a keyword. SERVE: they are answered and timed like the others. REFUSE: a hook ends their
 * connection. RENEW: they are answered, and then treated as if they had been refused: the other side of a comparison with REFUSE. */
enum target_expectation { EXPECT_SERVE = 0, EXPECT_REFUSE, EXPECT_RENEW };

struct target {
  enum target_protocol protocol;
  enum target_expectation expectation; /* SERVE for burst */
  uint32_t id;
  uint32_t ipv4_be;
  uint16_t port;
  uint32_t requests_per_unit; /* 1 but for burst */
  uint32_t replies;           /* that make one response, 1 for http */
  struct request_template around;
  struct requests requests;   /* of the run under way */
  int fd;                     /* -1 when not connected */
  uint32_t hello_length;      /* burst: the request length this connection was opened for */
  struct frame_counters counters;
};

/* All targets by ID, none set. */
struct target *targets_new(void);

/* Opens a connection where there is none that works, or in any case when `fresh`. Burst: says hello for requests of
 * `request_length` bytes. With an opening in its template: sends that and takes the response, neither timed nor counted. Counts the
 * connections it opens. */
int target_open(struct target *target, bool fresh, uint32_t request_length, uint32_t timeout_ms,
                struct failure *failure);

void target_close(struct target *target);

/* Closes it and forgets its template and requests. */
void target_reset(struct target *target);

void targets_close(struct target *targets);

/* Puts the target's name before the failure's text; returns -1. */
int target_blame(const struct target *target, struct failure *failure);

#endif
