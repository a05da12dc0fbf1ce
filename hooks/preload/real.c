/* Finds the real functions once. A call that comes before our constructor, as from another library's constructor, lands in a
 * bootstrap function that looks them up first. dlsym may allocate, and an allocator may call read() itself: such a call, made
 * by the thread that is looking up, goes straight to the kernel. */
#define _GNU_SOURCE
#include "real.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "raw_syscall.h"

static __thread int resolving;

/* True when hb_real is usable; false when this very thread is in the middle of looking up. */
static int ready(void) {
  if (resolving) return 0;
  hb_real_resolve();
  return 1;
}

static ssize_t early_read(int fd, void *buffer, size_t size) {
  return ready() ? hb_real.read(fd, buffer, size) : hb_raw_syscall(SYS_read, fd, (long)buffer, (long)size, 0, 0, 0);
}

static ssize_t early_recvfrom(int fd, void *buffer, size_t size, int flags, hb_address from, socklen_t *length) {
  if (ready()) return hb_real.recvfrom(fd, buffer, size, flags, from, length);
  return hb_raw_syscall(SYS_recvfrom, fd, (long)buffer, (long)size, flags, (long)hb_address_pointer(from), (long)length);
}

static ssize_t early_recv(int fd, void *buffer, size_t size, int flags) {
  if (ready()) return hb_real.recv(fd, buffer, size, flags);
  return early_recvfrom(fd, buffer, size, flags, NULL, NULL);
}

/* The checked forms are glibc's alone. */
#if HB_GLIBC
static ssize_t early_read_chk(int fd, void *buffer, size_t size, size_t room) {
  if (ready()) return hb_real.read_chk(fd, buffer, size, room);
  if (size > room) abort();
  return hb_raw_syscall(SYS_read, fd, (long)buffer, (long)size, 0, 0, 0);
}

static ssize_t early_recvfrom_chk(int fd, void *buffer, size_t size, size_t room, int flags, hb_address from,
                                  socklen_t *length) {
  if (ready()) return hb_real.recvfrom_chk(fd, buffer, size, room, flags, from, length);
  if (size > room) abort();
  return early_recvfrom(fd, buffer, size, flags, from, length);
}

static ssize_t early_recv_chk(int fd, void *buffer, size_t size, size_t room, int flags) {
  if (ready()) return hb_real.recv_chk(fd, buffer, size, room, flags);
  if (size > room) abort();
  return early_recvfrom(fd, buffer, size, flags, NULL, NULL);
}
#endif

static ssize_t early_readv(int fd, const struct iovec *parts, int count) {
  return ready() ? hb_real.readv(fd, parts, count) : hb_raw_syscall(SYS_readv, fd, (long)parts, count, 0, 0, 0);
}

static ssize_t early_recvmsg(int fd, struct msghdr *message, int flags) {
  return ready() ? hb_real.recvmsg(fd, message, flags) : hb_raw_syscall(SYS_recvmsg, fd, (long)message, flags, 0, 0, 0);
}

static int early_accept4(int fd, hb_address address, socklen_t *length, int flags) {
  if (ready()) return hb_real.accept4(fd, address, length, flags);
  return (int)hb_raw_syscall(SYS_accept4, fd, (long)hb_address_pointer(address), (long)length, flags, 0, 0);
}

static int early_accept(int fd, hb_address address, socklen_t *length) {
  return ready() ? hb_real.accept(fd, address, length) : early_accept4(fd, address, length, 0);
}

static int early_close(int fd) {
  return ready() ? hb_real.close(fd) : (int)hb_raw_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
}

static int early_dup(int fd) {
  return ready() ? hb_real.dup(fd) : (int)hb_raw_syscall(SYS_dup, fd, 0, 0, 0, 0, 0);
}

static int early_dup3(int from, int to, int flags) {
  return ready() ? hb_real.dup3(from, to, flags) : (int)hb_raw_syscall(SYS_dup3, from, to, flags, 0, 0, 0);
}

static int early_dup2(int from, int to) {
  if (ready()) return hb_real.dup2(from, to);
  if (from == to) return hb_raw_syscall(SYS_fcntl, from, 1 /* F_GETFD */, 0, 0, 0, 0) < 0 ? -1 : to;
  return early_dup3(from, to, 0);
}

static long early_syscall(long number, long a, long b, long c, long d, long e, long f) {
  return ready() ? hb_real_syscall(number, a, b, c, d, e, f) : hb_raw_syscall(number, a, b, c, d, e, f);
}

struct hb_real hb_real = {
    .read = early_read,
    .recv = early_recv,
    .recvfrom = early_recvfrom,
    .readv = early_readv,
    .recvmsg = early_recvmsg,
    .accept = early_accept,
    .accept4 = early_accept4,
    .close = early_close,
    .dup = early_dup,
    .dup2 = early_dup2,
    .dup3 = early_dup3,
#if HB_GLIBC
    .read_chk = early_read_chk,
    .recv_chk = early_recv_chk,
    .recvfrom_chk = early_recvfrom_chk,
#endif
};
long (*hb_real_syscall)(long, ...) = (long (*)(long, ...))(void (*)(void))early_syscall;

/* Stores the next definition of a name, or ends the program: without libc's function nothing can be passed through. */
static void find(void *pointer, const char *name) {
  void *symbol = dlsym(RTLD_NEXT, name);
  if (!symbol) abort();
  __atomic_store_n((void **)pointer, symbol, __ATOMIC_RELAXED);
}

/* In a program of the other libc, where no program calls the checked forms, the bootstrap function stays for its raw call. */
#if HB_GLIBC
static void find_checked(void *pointer, const char *name) {
  void *symbol = dlsym(RTLD_NEXT, name);
  if (symbol) __atomic_store_n((void **)pointer, symbol, __ATOMIC_RELAXED);
}
#endif

void hb_real_resolve(void) {
  int saved = errno;
  resolving++;
  find(&hb_real.read, "read");
  find(&hb_real.recv, "recv");
  find(&hb_real.recvfrom, "recvfrom");
  find(&hb_real.readv, "readv");
  find(&hb_real.recvmsg, "recvmsg");
  find(&hb_real.accept, "accept");
  find(&hb_real.accept4, "accept4");
  find(&hb_real.close, "close");
  find(&hb_real.dup, "dup");
  find(&hb_real.dup2, "dup2");
  find(&hb_real.dup3, "dup3");
  find(&hb_real_syscall, "syscall");
#if HB_GLIBC
  find_checked(&hb_real.read_chk, "__read_chk");
  find_checked(&hb_real.recv_chk, "__recv_chk");
  find_checked(&hb_real.recvfrom_chk, "__recvfrom_chk");
#endif
  resolving--;
  errno = saved;
}
