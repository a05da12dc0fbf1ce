#define _GNU_SOURCE
#include "masks.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include "sites.h"

#define LINUX_SIGSYS 31
#define SIGSYS_BIT (1ull << (LINUX_SIGSYS - 1))
#define MASK_BYTES 8

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

/* struct sigaction as the kernel has it */
#define ACTION_BYTES 32
#define ACTION_MASK_AT 24

bool hb_mask_readable(long address) {
  return hb_sites.call(SYS_rt_sigprocmask, -1, address, 0, MASK_BYTES, 0, 0) != -EFAULT;
}

static bool take_mask(long address, uint64_t *mask) {
  if (!address || !hb_mask_readable(address)) return false;
  memcpy(mask, (const void *)address, sizeof *mask);
  *mask &= ~SIGSYS_BIT;
  return true;
}

/* Made here, and noted in what our return brings back. */
static bool change_mask(ucontext_t *context, const long *args, long *result) {
  uint64_t mask, now;
  memcpy(&now, &context->uc_sigmask, sizeof now);
  if (args[3] != MASK_BYTES || !take_mask(args[1], &mask)) return false;
  if (args[0] == SIG_BLOCK) mask |= now;
  else if (args[0] == SIG_UNBLOCK) mask = now & ~mask;
  else if (args[0] != SIG_SETMASK) return false;
  *result = hb_sites.call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&mask, args[2], MASK_BYTES, 0, 0);
  memcpy(&context->uc_sigmask, &mask, sizeof mask);
  return true;
}

/* A handler runs with its mask: ours is not to be in it. SIGSYS itself stays with us. */
static bool set_action(const long *args, long *result) {
  uint8_t action[ACTION_BYTES];
  uint64_t mask;
  if (args[0] == LINUX_SIGSYS) return *result = 0, true;
  if (args[3] != MASK_BYTES || !args[1] || !hb_mask_readable(args[1]) || !take_mask(args[1] + ACTION_MASK_AT, &mask)) return false;
  memcpy(action, (const void *)args[1], sizeof action);
  memcpy(action + ACTION_MASK_AT, &mask, sizeof mask);
  *result = hb_sites.call(SYS_rt_sigaction, args[0], (long)action, args[2], args[3], 0, 0);
  return true;
}

/* The mask is argument `at`, for the time of the call. */
static bool with_mask(long number, const long *args, int at, long *result) {
  uint64_t mask;
  long with[6];
  if (!take_mask(args[at], &mask)) return false;
  memcpy(with, args, sizeof with);
  with[at] = (long)&mask;
  *result = hb_sites.call(number, with[0], with[1], with[2], with[3], with[4], with[5]);
  return true;
}

static bool select_with_mask(const long *args, long *result) {
  struct {
    long mask, bytes;
  } given;
  uint64_t mask;
  if (!args[5] || !hb_mask_readable(args[5]) || !hb_mask_readable(args[5] + 8)) return false;
  memcpy(&given, (const void *)args[5], sizeof given);
  if (!take_mask(given.mask, &mask)) return false;
  given.mask = (long)&mask;
  *result = hb_sites.call(SYS_pselect6, args[0], args[1], args[2], args[3], args[4], (long)&given);
  return true;
}

bool hb_mask_call(ucontext_t *context, long number, const long *args, long *result) {
  switch (number) {
    case SYS_rt_sigprocmask: return change_mask(context, args, result);
    case SYS_rt_sigaction: return set_action(args, result);
    case SYS_ppoll: return with_mask(number, args, 3, result);
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2: return with_mask(number, args, 4, result);
    case SYS_rt_sigsuspend: return with_mask(number, args, 0, result);
    case SYS_pselect6: return select_with_mask(args, result);
    default: return false;
  }
}
