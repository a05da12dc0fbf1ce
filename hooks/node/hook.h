/* The hook's work for programs written in JavaScript: the orders, the scan, and the record. One per process; each thread has a ring. */
#ifndef HOOKBENCH_NODE_HOOK_H
#define HOOKBENCH_NODE_HOOK_H

#include <stddef.h>
#include <stdint.h>

#include "../abi/record.h"
#include "../preload/options.h"
#include "../scan/ac.h"

struct hb_node_hook {
  struct hb_ac ac;
  uint32_t action; /* HB_ACTION_* */
  int block_errno; /* what a blocked connection ends with */
};
extern struct hb_node_hook hb_node_hook;

/* Reads the environment (hooks/README.md), maps the ring and fills in its header. Once for the process, from any thread; again it says
 * what it said. NULL, or what is refused. */
const struct hb_refusal *hb_node_attach(void);

/* Before the clock: the first call of a thread should not show what its ring costs. */
void hb_node_ready(void);

uint64_t hb_node_now_ns(void);

/* Counts one read and writes its record, with the time since `started_ns`. */
void hb_node_record(uint64_t started_ns, int32_t fd, size_t bytes, uint16_t keyword);

/* End of the stream, or a read that failed. */
void hb_node_empty(int failed);

/* A socket whose reads can't be seen. */
void hb_node_untracked(void);

#endif
