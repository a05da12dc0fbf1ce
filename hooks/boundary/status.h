/* What /proc says of a thread. */
#ifndef HOOKBENCH_BOUNDARY_STATUS_H
#define HOOKBENCH_BOUNDARY_STATUS_H

#include <sys/types.h>

/* A number of /proc/TID/status by its name ("Tgid", "TracerPid"); -1 when the thread is no more. */
pid_t hb_status_number(pid_t tid, const char *name);

#endif
