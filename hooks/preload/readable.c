#define _GNU_SOURCE
#include "readable.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "raw_syscall.h"

#define SET_BYTES 8u /* of the kernel's sigset_t */

/* The kernel copies the set before it looks at what to do with it, and refuses that: EINVAL for memory that is there. */
static bool has_set(uintptr_t at) {
  if (!at) return false; /* a set that is not given is not looked at */
  hb_raw_syscall(SYS_rt_sigprocmask, -1, (long)at, 0, SET_BYTES, 0, 0);
  return errno != EFAULT;
}

/* The first and the last byte lie in two pages at most, and in the word that is asked for at each end. A word never reaches into another
 * page than the bytes do: it begins at a multiple of its size. */
bool hb_readable(const void *memory, size_t size) {
  const uintptr_t first = (uintptr_t)memory, last = first + size - 1;
  if (last < first) return false;
  int saved = errno;
  bool readable = has_set(first & ~(uintptr_t)(SET_BYTES - 1)) && has_set(last & ~(uintptr_t)(SET_BYTES - 1));
  errno = saved;
  return readable;
}
