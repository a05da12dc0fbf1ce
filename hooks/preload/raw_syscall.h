/* A system call that goes through no libc function, for the moments in which libc's own cannot be found yet.
 * Returns as syscall(2) does: -1 and errno on failure. */
#ifndef HOOKBENCH_PRELOAD_RAW_SYSCALL_H
#define HOOKBENCH_PRELOAD_RAW_SYSCALL_H

#include <errno.h>

#if defined(__x86_64__) && !defined(__ILP32__)
static inline long hb_raw_syscall(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  if ((unsigned long)result > -4096ul) {
    errno = (int)-result;
    return -1;
  }
  return result;
}
#else
/* Elsewhere we do not interpose syscall(), so libc's is reached by its name. */
#include <unistd.h>
static inline long hb_raw_syscall(long number, long a, long b, long c, long d, long e, long f) {
  return syscall(number, a, b, c, d, e, f);
}
#endif

#endif
