/* accept and accept4, made here in the program's place: so each accepted socket is known before the program has it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../memory.h"
#include "cookies.h"
#include "supervisor.h"

#define MOST_ORPHANS 64u

/* Connections that were accepted for a call that a signal ended, or that had no room for a descriptor: the next call's. */
static struct {
  uint64_t listener;
  int fd;
} orphans[MOST_ORPHANS];

static int take_orphan(uint64_t listener) {
  for (uint32_t i = 0; i < MOST_ORPHANS; i++) {
    if (!orphans[i].listener || orphans[i].listener != listener) continue;
    orphans[i].listener = 0;
    return orphans[i].fd;
  }
  return -1;
}

static void keep_orphan(uint64_t listener, int fd) {
  uint32_t i = 0;
  while (i < MOST_ORPHANS && orphans[i].listener) i++;
  if (i == MOST_ORPHANS) {
    close(fd);
    return;
  }
  orphans[i].listener = listener;
  orphans[i].fd = fd;
}

/* Never waits: nobody but us accepts from a listener of this program. */
static int accept_now(const struct hb_call *call, int flags, uint64_t cookie) {
  int orphan = take_orphan(cookie);
  if (orphan >= 0) return orphan;
  struct pollfd ready = {.fd = call->fd, .events = POLLIN};
  errno = EAGAIN;
  if (!(fcntl(call->fd, F_GETFL) & O_NONBLOCK) && poll(&ready, 1, 0) == 0) return -1;
  return accept4(call->fd, NULL, NULL, (flags & SOCK_NONBLOCK) | SOCK_CLOEXEC);
}

/* As the kernel gives it: cut to the room, its whole length told. 0 or an error number. */
static int give_address(const struct hb_call *call, int fd) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address, room;
  pid_t pid = call->process->pid;
  if (!call->args[1]) return 0;
  if (getpeername(fd, (struct sockaddr *)&address, &length) != 0) return ECONNABORTED;
  if (!hb_memory_read(pid, call->args[2], &room, sizeof room)) return EFAULT;
  if ((int32_t)room < 0) return EINVAL;
  if (!hb_memory_write(pid, call->args[1], &address, room < length ? room : length)) return EFAULT;
  return hb_memory_write(pid, call->args[2], &length, sizeof length) ? 0 : EFAULT;
}

enum hb_attempt hb_accept_attempt(const struct hb_call *call) {
  int flags = call->number == SYS_accept4 ? (int)call->args[3] : 0;
  uint64_t listener = hb_cookie_of(call->fd), cookie;
  int fd = accept_now(call, flags, listener), error = errno;
  if (fd < 0) {
    if (error == EAGAIN && hb_is_blocking(call, 0)) return HB_LATER;
    hb_answer(call->id, 0, error);
    return HB_OVER;
  }
  if ((error = give_address(call, fd)) != 0) {
    close(fd);
    hb_answer(call->id, 0, error);
    return HB_OVER;
  }
  cookie = hb_cookie_of(fd);
  if (!cookie || !hb_cookie_add(cookie)) __atomic_fetch_add(&hb_supervisor.ring.header->untracked_fds, 1, __ATOMIC_RELAXED);
  int given = hb_give_fd(call->id, fd, flags & SOCK_CLOEXEC ? O_CLOEXEC : 0, true);
  if (given < 0 && given != -ENOENT) hb_answer(call->id, 0, -given);
  if (given < 0)
    keep_orphan(listener, fd);
  else
    close(fd);
  return HB_OVER;
}
