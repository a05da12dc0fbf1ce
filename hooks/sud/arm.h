/* Switching the dispatch on, in each thread for itself: no thread and no child has it from the one that made it. */
#ifndef HOOKBENCH_SUD_ARM_H
#define HOOKBENCH_SUD_ARM_H

#include <signal.h>

/* From here on every system call of this thread comes to hb_dispatch as SIGSYS. */
void hb_arm_thread(void);

void hb_dispatch(int number, siginfo_t *info, void *context);

#endif
