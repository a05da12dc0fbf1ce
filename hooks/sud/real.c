#define _GNU_SOURCE
#include "real.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "sites.h"

static ssize_t told(long result) {
  if (result >= 0) return result;
  errno = (int)-result;
  return -1;
}

/* Before the range is there, which is before anything is dispatched, libc makes the call. */
static long call(long number, long a, long b, long c, long d, long e, long f) {
  if (hb_sites.call) return told(hb_sites.call(number, a, b, c, d, e, f));
  long (*libc)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  return libc(number, a, b, c, d, e, f);
}

static ssize_t call_read(int fd, void *buffer, size_t size) { return call(SYS_read, fd, (long)buffer, (long)size, 0, 0, 0); }

static ssize_t call_recv(int fd, void *buffer, size_t size, int flags) {
  return call(SYS_recvfrom, fd, (long)buffer, (long)size, flags, 0, 0);
}

static ssize_t call_recvfrom(int fd, void *buffer, size_t size, int flags, hb_address from, socklen_t *length) {
  return call(SYS_recvfrom, fd, (long)buffer, (long)size, flags, (long)hb_address_pointer(from), (long)length);
}

static ssize_t call_readv(int fd, const struct iovec *parts, int count) { return call(SYS_readv, fd, (long)parts, count, 0, 0, 0); }

static ssize_t call_recvmsg(int fd, struct msghdr *message, int flags) {
  return call(SYS_recvmsg, fd, (long)message, flags, 0, 0, 0);
}

static int call_close(int fd) { return (int)call(SYS_close, fd, 0, 0, 0, 0, 0); }

struct hb_real hb_real = {
    .read = call_read,
    .recv = call_recv,
    .recvfrom = call_recvfrom,
    .readv = call_readv,
    .recvmsg = call_recvmsg,
    .close = call_close,
};

int (*hb_real_pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

void hb_real_resolve(void) {
  void *found = dlsym(RTLD_NEXT, "pthread_create");
  memcpy(&hb_real_pthread_create, &found, sizeof found);
}
