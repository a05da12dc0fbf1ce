/* What makes a hook of this code: ring, keywords and options from the environment, in this order, so that nothing is tracked until
 * everything it needs is there. Whoever calls it decides what is hooked (init.c, ../jvmti). */
#ifndef HOOKBENCH_PRELOAD_ATTACH_H
#define HOOKBENCH_PRELOAD_ATTACH_H

#include <stdbool.h>

#include "options.h"

/* Makes all ready and fills in the ring's header but for `attached`. False when something is missing or wrong. */
bool hb_attach(struct hb_refusal *refusal);

/* Says in the header that the hook is live: it comes last, and all the rest is true. */
void hb_attached(void);

/* One line on stderr: calls are passed through, and the ring is let go. */
void hb_pass_through(const struct hb_refusal *refusal);

#endif
