#ifndef HOOKBENCH_READ_LOOP_CONNECTION_H
#define HOOKBENCH_READ_LOOP_CONNECTION_H

#include <signal.h>

/* The signal mask to wait with: SIGTERM open there, blocked everywhere else. */
extern sigset_t waiting_mask;

/* Waits until `fd` is readable; ends the program with 0 at SIGTERM. */
void wait_readable(int fd);

/* Serves one connection until the other side ends it. What it does wrong is said on stderr. */
void connection_serve(int fd);

#endif
