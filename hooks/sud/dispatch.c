/* Every system call of an armed thread, as a signal. Reads of accepted sockets, and what makes, copies and closes descriptors, are seen to
 * here; forks are made here, so that the child can arm itself; all else is made in its own place, or rather in a copy of it (sites.h). */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "../abi/record.h"
#include "../preload/fdtable.h"
#include "../preload/functions.h"
#include "../preload/hook.h"
#include "../preload/ring.h"
#include "arm.h"
#include "masks.h"
#include "sites.h"

#ifndef SYS_USER_DISPATCH
#define SYS_USER_DISPATCH 2
#endif
#define CLONE3_FLAGS 0 /* offsets in struct clone_args */
#define CLONE3_STACK 40

static long call(long number, const long *args) {
  return hb_sites.call(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}

static long told(ssize_t result) { return result < 0 ? -errno : result; }

/* recv and recvfrom are one system call. */
static bool asked(enum hb_function function, const long *args, int flags) {
  if (flags & HB_UNCOUNTED_FLAGS) return false;
  return hb_fd_hooked(function, (int)args[0]) || (function == HB_RECVFROM && hb_fd_hooked(HB_RECV, (int)args[0]));
}

static bool read_call(long number, const long *args, long *result) {
  int fd = (int)args[0];
  void *at = (void *)args[1];
  if (number == SYS_read && asked(HB_READ, args, 0))
    *result = told(hb_hooked_read(fd, at, (size_t)args[2]));
  else if (number == SYS_readv && asked(HB_READV, args, 0))
    *result = told(hb_hooked_readv(fd, at, (int)args[2]));
  else if (number == SYS_recvmsg && asked(HB_RECVMSG, args, (int)args[2]))
    *result = told(hb_hooked_recvmsg(fd, at, (int)args[2]));
  else if (number == SYS_recvfrom && asked(HB_RECVFROM, args, (int)args[3]))
    *result = told(hb_hooked_recvfrom(fd, at, (size_t)args[2], (int)args[3], (struct sockaddr *)args[4],
                                      (socklen_t *)args[5]));
  else
    return false;
  return true;
}

static void track(long fd) {
  if (!hb_fd_set((int)fd, true)) __atomic_fetch_add(&hb_ring_file.header->untracked_fds, 1, __ATOMIC_RELAXED);
}

static bool descriptor_call(long number, const long *args, long *result) {
  switch (number) {
    case SYS_accept:
    case SYS_accept4:
      *result = call(number, args);
      if (*result >= 0) track(*result);
      return true;
    case SYS_dup:
    case SYS_dup2:
    case SYS_dup3:
      *result = call(number, args);
      if (*result < 0 || *result == (int)args[0]) return true;
      if (hb_fd_tracked((int)args[0])) track(*result);
      else hb_fd_set((int)*result, false);
      return true;
    case SYS_close: /* before it is: as soon as the number is free another thread may be given it by accept */
      hb_fd_set((int)args[0], false);
      return false;
    default: return false;
  }
}

/* A child with memory and a stack of its own: a copy of all this, handler included. */
static bool is_fork(long number, const long *args) {
  uint64_t flags, stack;
  if (number == SYS_fork) return true;
  if (number == SYS_clone) return !(args[0] & CLONE_VM) && args[1] == 0;
  if (number != SYS_clone3 || !hb_mask_readable(args[0]) || !hb_mask_readable(args[0] + CLONE3_STACK)) return false;
  memcpy(&flags, (const char *)args[0] + CLONE3_FLAGS, sizeof flags);
  memcpy(&stack, (const char *)args[0] + CLONE3_STACK, sizeof stack);
  return !(flags & CLONE_VM) && stack == 0;
}

static bool fork_call(long number, const long *args, long *result) {
  if (!is_fork(number, args)) return false;
  *result = call(number, args);
  if (*result == 0) hb_arm_thread();
  return true;
}

void hb_dispatch(int signal, siginfo_t *info, void *at) {
  ucontext_t *context = at;
  greg_t *registers = context->uc_mcontext.gregs;
  (void)signal;
  if (info->si_code != SYS_USER_DISPATCH) return;
  int saved = errno;
  bool compat = info->si_arch != AUDIT_ARCH_X86_64;
  long number = registers[REG_RAX], result = 0;
  long args[] = {registers[REG_RDI], registers[REG_RSI], registers[REG_RDX], registers[REG_R10], registers[REG_R8], registers[REG_R9]};
  bool done = !compat && (read_call(number, args, &result) || descriptor_call(number, args, &result) ||
                          hb_mask_call(context, number, args, &result) || fork_call(number, args, &result));
  uintptr_t site = done ? 0 : hb_site_of((uintptr_t)registers[REG_RIP], compat);
  if (site)
    registers[REG_RIP] = (greg_t)site;
  else
    registers[REG_RAX] = done ? result : call(number, args);
  errno = saved;
}
