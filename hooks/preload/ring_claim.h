/* Makes threads give back their ring when they end. Called once, before the hook is live. */
#ifndef HOOKBENCH_PRELOAD_RING_CLAIM_H
#define HOOKBENCH_PRELOAD_RING_CLAIM_H

void hb_ring_claim_start(void);

#endif
