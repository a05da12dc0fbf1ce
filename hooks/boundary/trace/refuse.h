/* Action block: the call has been made, and its bytes are in the program, which stands still: they are taken out again and the call fails. */
#ifndef HOOKBENCH_TRACE_REFUSE_H
#define HOOKBENCH_TRACE_REFUSE_H

#include "threads.h"

/* At the entry: keeps what the call will overwrite beside the bytes. */
void hb_refuse_prepare(struct hb_thread *thread);

/* At the exit: zeroes the bytes, restores the rest, and sets the result. */
void hb_refuse(struct hb_thread *thread, const struct iovec *parts, size_t count, size_t size);

#endif
