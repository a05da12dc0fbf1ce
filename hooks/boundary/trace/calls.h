/* What the hook does at the entry and at the exit of a system call. The thread stands still meanwhile. */
#ifndef HOOKBENCH_TRACE_CALLS_H
#define HOOKBENCH_TRACE_CALLS_H

#include "threads.h"

void hb_call_entered(struct hb_thread *thread, uint64_t number, const uint64_t *args);
void hb_call_left(struct hb_thread *thread, int64_t result);

#endif
