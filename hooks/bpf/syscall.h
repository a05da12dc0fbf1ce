/* A system call by its number, for the forms that are attached to all of them. */
#ifndef HOOKBENCH_BPF_SYSCALL_H
#define HOOKBENCH_BPF_SYSCALL_H

#include "hook.h"

/* 0 for calls that do not matter here */
static __always_inline uint32_t kind_of(long nr) {
  switch (nr) {
    case HB_NR_read:
      return config.functions & HB_READ ? KIND_READ : 0;
    case HB_NR_recvfrom:
      return config.functions & HB_RECVFROM ? KIND_RECV : 0;
    case HB_NR_readv:
      return config.functions & HB_READV ? KIND_VECTOR : 0;
    case HB_NR_recvmsg:
      return config.functions & HB_RECVMSG ? KIND_MESSAGE : 0;
    case HB_NR_accept:
    case HB_NR_accept4:
      return KIND_ACCEPT;
    case HB_NR_dup:
    case HB_NR_dup2:
    case HB_NR_dup3:
      return KIND_DUP;
    default:
      return 0;
  }
}

#endif
