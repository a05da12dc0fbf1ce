#ifndef HOOKBENCH_LOAD_PROCESS_H
#define HOOKBENCH_LOAD_PROCESS_H

#include <signal.h>
#include <stdbool.h>

/* Set by SIGTERM: end the program, cleanly and now. */
extern volatile sig_atomic_t process_ending;
/* Set by SIGUSR2: end the run, keep what was measured. Cleared when a run starts. */
extern volatile sig_atomic_t process_interrupted;

/* Signal handlers, and SIGTERM when the parent dies. SIGINT is the parent's to handle. */
void process_setup(void);

/* Pins to one core; -1 with errno where the kernel refuses. */
int process_pin(int cpu);

/* The core the program is bound to; -1 when there are several. */
int process_pinned_cpu(void);

/* Whether this machine gives the program one core only, so that spinning would keep the other end from running. */
bool process_single_core(void);

/* Keeps the pages in use now in memory, where that is permitted. */
void process_lock_memory(void);

#endif
