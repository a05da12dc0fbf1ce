/* Taking threads under trace and letting them go. */
#ifndef HOOKBENCH_TRACE_ATTACH_H
#define HOOKBENCH_TRACE_ATTACH_H

#include "threads.h"

/* Every thread of a process, also those that come while it is at it. NULL, or what is wrong. */
const char *hb_attach(struct hb_target *target);

/* Asks all threads to stop, so that they can be let go: waiting calls are begun again or end with EINTR, as after SIGSTOP. */
void hb_stop_all(void);

/* One thread has stopped. `status` as from waitpid. @param ending it is let go instead of going on */
void hb_stopped(struct hb_thread *thread, int status, bool ending);

#endif
