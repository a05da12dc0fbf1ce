/* The system calls that are held: reads that are asked for, accept (that is how accepted sockets are known), and exec (a program started by
 * this one is not hooked). Calls of another architecture have other numbers and are let through. */
#ifndef HOOKBENCH_NOTIFY_CALLS_H
#define HOOKBENCH_NOTIFY_CALLS_H

#include <sys/syscall.h>

#include "../../abi/record.h"
#include "../native.h"

struct hb_held {
  int number;
  uint32_t functions; /* HB_FUNCTION_* that are this call; 0: held always */
};

static const struct hb_held hb_held[] = {
    {SYS_read, HB_FUNCTION_READ},
    {SYS_recvfrom, HB_FUNCTION_RECV | HB_FUNCTION_RECVFROM},
    {SYS_readv, HB_FUNCTION_READV},
    {SYS_recvmsg, HB_FUNCTION_RECVMSG},
    {SYS_accept, 0},
    {SYS_accept4, 0},
    {SYS_execve, 0},
    {SYS_execveat, 0},
};
#define HB_HELD (sizeof hb_held / sizeof *hb_held)

#endif
