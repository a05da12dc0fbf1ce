/* Which file descriptors are accepted sockets: one byte for each, in memory reserved for as many as there can be.
 * Asking is a load without a lock. Pages that no fd reaches are never touched and take no memory. */
#ifndef HOOKBENCH_PRELOAD_FDTABLE_H
#define HOOKBENCH_PRELOAD_FDTABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "functions.h"

struct hb_fdtable {
  uint8_t *tracked; /* 1 = accepted socket */
  uint32_t limit;   /* fds below this can be tracked; 0 until the hook is live, so that nothing is tracked before */
  /* The same limit for each function that is asked for, 0 for the others: those end at the compare that is needed anyway. */
  uint32_t limits[HB_FUNCTIONS];
};
extern struct hb_fdtable hb_fdtable;

static inline bool hb_fd_tracked(int fd) {
  return (uint32_t)fd < hb_fdtable.limit && __atomic_load_n(&hb_fdtable.tracked[fd], __ATOMIC_RELAXED);
}

/* True if this call of `function` on fd is to be hooked. */
static inline bool hb_fd_hooked(enum hb_function function, int fd) {
  return (uint32_t)fd < hb_fdtable.limits[function] && __atomic_load_n(&hb_fdtable.tracked[fd], __ATOMIC_RELAXED);
}

/* Reserves the memory without making the table live. Returns the limit to give to hb_fdtable_open, 0 when there is no memory. */
uint32_t hb_fdtable_reserve(void);

/* Makes the table live for these functions (bits 1 << enum hb_function). */
void hb_fdtable_open(uint32_t limit, uint32_t functions);

/* Records whether fd is an accepted socket. False if fd is too high to be tracked and should have been. Does nothing in a
 * vfork child, whose fds are its own but whose memory is its parent's. */
bool hb_fd_set(int fd, bool tracked);

#endif
