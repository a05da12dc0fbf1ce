/* Whether the program's memory can be read, asked of the kernel: what a call is given may be nonsense, and then the call has to fail and not us. */
#ifndef HOOKBENCH_PRELOAD_READABLE_H
#define HOOKBENCH_PRELOAD_READABLE_H

#include <stdbool.h>
#include <stddef.h>

/* True if all of the `size` bytes (4 to 4,096) can be read. Two system calls that change nothing; keeps errno. */
bool hb_readable(const void *memory, size_t size);

#endif
