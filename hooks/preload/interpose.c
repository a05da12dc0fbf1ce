/* The reading functions, as the program calls them instead of libc's. A call that is not asked for, or not of an accepted
 * socket, is one jump to the real function. */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "export.h"
#include "fdtable.h"
#include "functions.h"
#include "hook.h"
#include "real.h"

static inline bool hooked(enum hb_function function, int fd) {
  return __builtin_expect(hb_fd_hooked(function, fd), 0);
}

static inline bool hooked_with(enum hb_function function, int fd, int flags) {
  return __builtin_expect(hb_fd_hooked(function, fd) && !(flags & HB_UNCOUNTED_FLAGS), 0);
}

HB_EXPORT ssize_t read(int fd, void *buffer, size_t size) {
  return hooked(HB_READ, fd) ? hb_hooked_read(fd, buffer, size) : hb_real.read(fd, buffer, size);
}

HB_EXPORT ssize_t recv(int fd, void *buffer, size_t size, int flags) {
  if (!hooked_with(HB_RECV, fd, flags)) return hb_real.recv(fd, buffer, size, flags);
  return hb_hooked_recv(fd, buffer, size, flags);
}

HB_EXPORT ssize_t recvfrom(int fd, void *buffer, size_t size, int flags, hb_address from, socklen_t *length) {
  if (!hooked_with(HB_RECVFROM, fd, flags)) return hb_real.recvfrom(fd, buffer, size, flags, from, length);
  return hb_hooked_recvfrom(fd, buffer, size, flags, hb_address_pointer(from), length);
}

HB_EXPORT ssize_t readv(int fd, const struct iovec *parts, int count) {
  return hooked(HB_READV, fd) ? hb_hooked_readv(fd, parts, count) : hb_real.readv(fd, parts, count);
}

HB_EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  if (!hooked_with(HB_RECVMSG, fd, flags)) return hb_real.recvmsg(fd, message, flags);
  return hb_hooked_recvmsg(fd, message, flags);
}

#if HB_GLIBC
/* What read(), recv() and recvfrom() become in programs built with _FORTIFY_SOURCE. libc's own versions end the program when
 * size > room. */
HB_EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room);
HB_EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room) {
  if (!hooked(HB_READ, fd) || size > room) return hb_real.read_chk(fd, buffer, size, room);
  return hb_hooked_read(fd, buffer, size);
}

HB_EXPORT ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags);
HB_EXPORT ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags) {
  if (!hooked_with(HB_RECV, fd, flags) || size > room) return hb_real.recv_chk(fd, buffer, size, room, flags);
  return hb_hooked_recv(fd, buffer, size, flags);
}

HB_EXPORT ssize_t __recvfrom_chk(int fd, void *buffer, size_t size, size_t room, int flags, hb_address from,
                                 socklen_t *length);
HB_EXPORT ssize_t __recvfrom_chk(int fd, void *buffer, size_t size, size_t room, int flags, hb_address from,
                                 socklen_t *length) {
  if (!hooked_with(HB_RECVFROM, fd, flags) || size > room)
    return hb_real.recvfrom_chk(fd, buffer, size, room, flags, from, length);
  return hb_hooked_recvfrom(fd, buffer, size, flags, hb_address_pointer(from), length);
}
#endif
