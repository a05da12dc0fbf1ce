/* The functions that make, copy and close descriptors: how the hook knows which are accepted sockets. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <unistd.h>

#include "export.h"
#include "fdtable.h"
#include "interpose.h"
#include "real.h"
#include "ring.h"

static int track(int fd) {
  if (fd >= 0 && !hb_fd_set(fd, true)) __atomic_fetch_add(&hb_ring_file.header->untracked_fds, 1, __ATOMIC_RELAXED);
  return fd;
}

HB_EXPORT int accept(int fd, hb_address address, socklen_t *length) { return track(hb_real.accept(fd, address, length)); }

HB_EXPORT int accept4(int fd, hb_address address, socklen_t *length, int flags) {
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
