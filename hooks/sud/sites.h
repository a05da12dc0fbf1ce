/* Code that may make system calls while all others are dispatched to us: one range of memory with a stub for our own calls, the return
 * from our handler, and for each place in the program that makes calls a copy of its instruction that goes on behind it. */
#ifndef HOOKBENCH_SUD_SITES_H
#define HOOKBENCH_SUD_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hb_sites {
  uint8_t *code; /* what runs; the range that is let through */
  size_t bytes;
  long (*call)(long number, long a, long b, long c, long d, long e, long f); /* the kernel's answer, -errno */
  void (*leave)(void);                                                      /* rt_sigreturn */
};
extern struct hb_sites hb_sites;

/* Makes the range. NULL, or what is wrong. */
const char *hb_sites_make(void);

/* Where the call that ends at `behind` is made in its place. 0 when there is no room left. @param compat it is made by int 0x80 */
uintptr_t hb_site_of(uintptr_t behind, bool compat);

#endif
