/* A hook of one's own in some 30 lines: looks for the keywords in what read brings from accepted sockets, and writes hookbench's ring.
 * It does not follow close and dup: a descriptor that was a socket once is taken for one ever after. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "own-hook.h"

static struct hb_own own;
static bool accepted[65536];
static ssize_t (*next_read)(int, void *, size_t);
static int (*next_accept)(int, struct sockaddr *, socklen_t *);
static int (*next_accept4)(int, struct sockaddr *, socklen_t *, int);

__attribute__((constructor)) static void start(void) {
  *(void **)&next_read = dlsym(RTLD_NEXT, "read");
  *(void **)&next_accept = dlsym(RTLD_NEXT, "accept");
  *(void **)&next_accept4 = dlsym(RTLD_NEXT, "accept4");
  hb_own_attach(&own, HB_FUNCTION_READ, HB_OWN_OBSERVE | HB_OWN_TRACE);
}

ssize_t read(int fd, void *buffer, size_t count) {
  if (fd < 0 || fd >= 65536 || !accepted[fd]) return next_read(fd, buffer, count);
  uint64_t started_ns = hb_own_now();
  ssize_t got = next_read(fd, buffer, count);
  if (got > 0) hb_own_record(&own, started_ns, fd, got, hb_own_first_keyword(&own, buffer, (size_t)got));
  return got;
}

static int noted(int fd) {
  if (fd >= 0 && fd < 65536) accepted[fd] = true;
  return fd;
}

int accept(int listener, struct sockaddr *peer, socklen_t *length) { return noted(next_accept(listener, peer, length)); }

int accept4(int listener, struct sockaddr *peer, socklen_t *length, int flags) {
  return noted(next_accept4(listener, peer, length, flags));
}
