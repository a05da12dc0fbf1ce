#define _GNU_SOURCE
#include "arm.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "../preload/export.h"
#include "../preload/init.h"
#include "real.h"
#include "sites.h"

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_ON 1
#define SYSCALL_DISPATCH_FILTER_BLOCK 1
#endif
#define SA_RESTORER 0x04000000ul
#define LINUX_SIGSYS 31

/* Never anything else: our own calls are let through by where they are made. */
static uint8_t selector = SYSCALL_DISPATCH_FILTER_BLOCK;
static int armed; /* in the first thread: others follow */

/* As the kernel has it; libc's sigaction puts its own way back into it. */
struct kernel_sigaction {
  void (*handler)(int, siginfo_t *, void *);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

static long dispatch_on(void) {
  return hb_sites.call(SYS_prctl, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, (long)hb_sites.code, (long)hb_sites.bytes,
                       (long)&selector, 0);
}

void hb_arm_thread(void) { dispatch_on(); }

/* No signal is held while the handler runs: what interrupts a call in it interrupts it as it would have been interrupted. */
const char *hb_hook_opened(void) {
  struct kernel_sigaction action = {hb_dispatch, SA_SIGINFO | SA_NODEFER | SA_RESTORER, NULL, 0};
  const char *problem = hb_sites_make();
  if (problem) return problem;
  uint64_t sigsys = 1ull << (LINUX_SIGSYS - 1);
  action.restorer = hb_sites.leave;
  if (hb_sites.call(SYS_rt_sigprocmask, SIG_UNBLOCK, (long)&sigsys, 0, 8, 0, 0) != 0) return "SIGSYS cannot be unblocked";
  if (hb_sites.call(SYS_rt_sigaction, LINUX_SIGSYS, (long)&action, 0, 8, 0, 0) != 0) return "SIGSYS cannot be handled";
  if (dispatch_on() != 0) return "this kernel has no syscall user dispatch";
  armed = 1;
  return NULL;
}

struct start {
  void *(*routine)(void *);
  void *argument;
};

static void *start_armed(void *boxed) {
  struct start start = *(struct start *)boxed;
  free(boxed);
  hb_arm_thread();
  return start.routine(start.argument);
}

HB_EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *), void *argument) {
  struct start *boxed = armed ? malloc(sizeof *boxed) : NULL;
  if (!boxed) return hb_real_pthread_create(thread, attributes, routine, argument);
  *boxed = (struct start){routine, argument};
  int result = hb_real_pthread_create(thread, attributes, start_armed, boxed);
  if (result != 0) free(boxed);
  return result;
}
