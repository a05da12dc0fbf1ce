/* What makes a hook of this code: its orders first, then the table of descriptors, so that nothing is tracked until everything it needs is
 * there. Whoever calls it decides what is hooked (init.c, ../jvmti). */
#ifndef HOOKBENCH_PRELOAD_ATTACH_H
#define HOOKBENCH_PRELOAD_ATTACH_H

#include <stdbool.h>

#include "orders.h"

/* Makes all ready and fills in the ring's header but for `attached`. False when something is missing or wrong. */
bool hb_attach(struct hb_refusal *refusal);

/* One line on stderr: calls are passed through, and the ring is let go. */
void hb_pass_through(const struct hb_refusal *refusal);

#endif
