/* What is done with a read of an accepted socket. In all of these fd is tracked, and the function was asked for. */
#ifndef HOOKBENCH_PRELOAD_HOOK_H
#define HOOKBENCH_PRELOAD_HOOK_H

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "scanner.h"

struct hb_hook {
  struct hb_scanner scanner;
  uint32_t action; /* HB_ACTION_* */
  int block_errno; /* of a call failed by HB_ACTION_BLOCK */
};
extern struct hb_hook hb_hook;

/* The real function with the hook's work around it. */
ssize_t hb_hooked_read(int fd, void *buffer, size_t size);
ssize_t hb_hooked_recv(int fd, void *buffer, size_t size, int flags);
ssize_t hb_hooked_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *from, socklen_t *length);
ssize_t hb_hooked_readv(int fd, const struct iovec *parts, int count);
ssize_t hb_hooked_recvmsg(int fd, struct msghdr *message, int flags);

#endif
