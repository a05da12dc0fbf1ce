#ifndef HOOKBENCH_LOAD_EXCHANGE_H
#define HOOKBENCH_LOAD_EXCHANGE_H

#include <stdint.h>

#include "failure.h"
#include "request.h"
#include "samples.h"
#include "target.h"

/* One unit of work on a connected target: adds its samples and counts it. `hit` says which kind the payload is. */
typedef int exchange_function(struct target *target, const struct payload *payload, uint8_t flags, uint32_t timeout_ms,
                              struct samples *samples, struct failure *failure);

/* One request and its response, of any protocol but burst: one sample, the client's round trip. */
exchange_function exchange_request;

/* requests_per_unit requests written back to back, and as many latencies read: one sample each, the program's own. */
exchange_function exchange_burst;

/* Counts requests that were handed to the kernel. */
void exchange_count_sent(struct target *target, const struct payload *payload, uint8_t flags);

#endif
