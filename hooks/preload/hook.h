/* What is done with a read of an accepted socket. */
#ifndef HOOKBENCH_PRELOAD_HOOK_H
#define HOOKBENCH_PRELOAD_HOOK_H

#include <sys/types.h>

#include "../scan/ac.h"

struct hb_hook {
  struct hb_ac ac;
  uint32_t action; /* HB_ACTION_* */
};
extern struct hb_hook hb_hook;

/* read(fd, buffer, size) with the hook's work around it. fd is tracked. */
ssize_t hb_hooked_read(int fd, void *buffer, size_t size);

#endif
