#ifndef HOOKBENCH_LOAD_REFUSAL_H
#define HOOKBENCH_LOAD_REFUSAL_H

#include "exchange.h"

/* One unit on a target that answers requests whose requests with a keyword are to be refused, or to be treated as if they were (RENEW). Counts what
 * became of it. Only a request without a keyword that is answered gives a sample. After a request with a keyword the connection
 * is renewed, and one request without a keyword is sent on it that gives no sample. */
int refusal_exchange(struct target *target, const struct payload payloads[2], uint8_t flags, uint32_t timeout_ms,
                     struct samples *samples, struct failure *failure);

#endif
