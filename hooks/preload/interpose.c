/* The functions the program calls instead of libc's. */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include "export.h"
#include "fdtable.h"
#include "hook.h"
#include "interpose.h"
#include "real.h"
#include "ring.h"

HB_EXPORT ssize_t read(int fd, void *buffer, size_t size) {
  if (__builtin_expect(!hb_fd_tracked(fd), 1)) return hb_real.read(fd, buffer, size);
  return hb_hooked_read(fd, buffer, size);
}

/* What read() becomes in programs built with _FORTIFY_SOURCE. libc's own version ends the program when size > room. */
HB_EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room);
HB_EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room) {
  if (__builtin_expect(!hb_fd_tracked(fd) || size > room, 1)) return hb_real.read_chk(fd, buffer, size, room);
  return hb_hooked_read(fd, buffer, size);
}

static int track(int fd) {
  if (fd >= 0 && !hb_fd_set(fd, true)) __atomic_fetch_add(&hb_ring_file.header->untracked_fds, 1, __ATOMIC_RELAXED);
  return fd;
}

HB_EXPORT int accept(int fd, __SOCKADDR_ARG address, socklen_t *length) { return track(hb_real.accept(fd, address, length)); }

HB_EXPORT int accept4(int fd, __SOCKADDR_ARG address, socklen_t *length, int flags) {
  return track(hb_real.accept4(fd, address, length, flags));
}

/* Before the real close: as soon as the number is free another thread may be given it by accept. */
void hb_note_close(int fd) { hb_fd_set(fd, false); }

HB_EXPORT int close(int fd) {
  hb_note_close(fd);
  return hb_real.close(fd);
}

/* The copy is what the original was; the number may have been something else before. */
static int copy_state(int from, int to) {
  if (to < 0 || to == from) return to;
  return hb_fd_tracked(from) ? track(to) : (hb_fd_set(to, false), to);
}

HB_EXPORT int dup(int fd) { return copy_state(fd, hb_real.dup(fd)); }

HB_EXPORT int dup2(int from, int to) { return copy_state(from, hb_real.dup2(from, to)); }

HB_EXPORT int dup3(int from, int to, int flags) { return copy_state(from, hb_real.dup3(from, to, flags)); }
