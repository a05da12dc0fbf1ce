/* The functions behind ours: what read, close, ... would have been without this library. */
#ifndef HOOKBENCH_PRELOAD_REAL_H
#define HOOKBENCH_PRELOAD_REAL_H

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "libc.h"

/* Each pointer starts at a bootstrap function, so a call needs no null check at any time, not even before our constructor. */
struct hb_real {
  ssize_t (*read)(int, void *, size_t);
  ssize_t (*recv)(int, void *, size_t, int);
  ssize_t (*recvfrom)(int, void *, size_t, int, hb_address, socklen_t *);
  ssize_t (*readv)(int, const struct iovec *, int);
  ssize_t (*recvmsg)(int, struct msghdr *, int);
  int (*accept)(int, hb_address, socklen_t *);
  int (*accept4)(int, hb_address, socklen_t *, int);
  int (*close)(int);
  int (*dup)(int);
  int (*dup2)(int, int);
  int (*dup3)(int, int, int);
#if HB_GLIBC
  ssize_t (*read_chk)(int, void *, size_t, size_t);
  ssize_t (*recv_chk)(int, void *, size_t, size_t, int);
  ssize_t (*recvfrom_chk)(int, void *, size_t, size_t, int, hb_address, socklen_t *);
#endif
};
extern struct hb_real hb_real;

/* libc's syscall(); apart from the others because assembly reads it (interpose_syscall.c). */
extern long (*hb_real_syscall)(long, ...);

/* Looks all of them up. Safe to call more than once, and from several threads at once. */
void hb_real_resolve(void);

#endif
