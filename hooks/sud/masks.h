/* Calls that say which signals are held back. SIGSYS must never be: a call dispatched while it is would end the program. */
#ifndef HOOKBENCH_SUD_MASKS_H
#define HOOKBENCH_SUD_MASKS_H

#include <stdbool.h>
#include <ucontext.h>

/* True when the call was one of these and has been made, with `*result`. */
bool hb_mask_call(ucontext_t *context, long number, const long *args, long *result);

/* True when 8 bytes can be read there, asked of the kernel. */
bool hb_mask_readable(long address);

#endif
