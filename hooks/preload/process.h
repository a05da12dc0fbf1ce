/* Which process are we? A fork must not write into its parent's ring, and a vfork child, which runs in its parent's memory,
 * must not change its parent's fd table. */
#ifndef HOOKBENCH_PRELOAD_PROCESS_H
#define HOOKBENCH_PRELOAD_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* On a page of its own that the kernel zeroes in a forked child: pid is 0 there until the child adopts it. That costs the hot
 * path one load instead of a getpid(), and also covers forks that run no pthread_atfork handler (_Fork, raw clone). */
struct hb_process {
  uint32_t pid;
};
extern struct hb_process *hb_process;

/* Sets up the page. False when there is no memory. */
bool hb_process_start(void);

/* The pid of this process, adopting it after a fork. Makes a system call; not for the hot path. */
uint32_t hb_process_adopt(void);

/* True if the memory we run in is this process's own, false in a vfork child before its exec. Makes a system call. */
bool hb_process_owns_memory(void);

#endif
