/* hookbench-notify SOCKET: the supervisor. Waits at SOCKET for a launcher's filter and takes the calls it holds, until its standard input
 * ends. Told by the variables of the library (../../README.md); the ring file is its own, the program knows nothing of it.
 * Says "ready" when it listens and "live PID" when the program has been executed through it. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../preload/env.h"
#include "../../preload/functions.h"
#include "../memory.h"
#include "calls.h"
#include "cookies.h"
#include "events.h"
#include "supervisor.h"

#define SWEEP_MS 20
#define NAME "hookbench-notify"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#define WAKE_ON_THIS_CPU 1u /* SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, linux 6.6 */

struct hb_supervisor hb_supervisor = {.listener = -1};
static int launchers = -1;
static union {
  struct seccomp_notif call;
  uint8_t room[4096]; /* later kernels may tell more */
} notice;

static int fail(const char *what) {
  fprintf(stderr, "%s: %s: %s\n", NAME, what, strerror(errno));
  return 1;
}

static void watch(int fd, enum hb_event_kind kind) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = HB_EVENT(kind, 0)};
  epoll_ctl(hb_supervisor.epoll, EPOLL_CTL_ADD, fd, &event);
}

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  launchers = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (launchers < 0 || strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  return bind(launchers, (struct sockaddr *)&address, sizeof address) == 0 && listen(launchers, 1) == 0 ? 0 : -1;
}

static int received_fd(int from) {
  char word, control[CMSG_SPACE(sizeof(int))];
  struct iovec part = {&word, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  int fd = -1;
  if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != 1) return -1;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return fd;
}

/* Asked before anything depends on it: without leave every call would go through unseen. */
static bool may_look_into(pid_t pid) {
  int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  if (pidfd < 0) return false;
  syscall(SYS_pidfd_getfd, pidfd, -1, 0);
  bool may = errno == EBADF;
  close(pidfd);
  return may;
}

/* One filter: whoever comes after the first is not heard. */
static void meet_launcher(void) {
  struct ucred who;
  socklen_t length = sizeof who;
  int from = accept4(launchers, NULL, NULL, SOCK_CLOEXEC);
  if (from < 0 || getsockopt(from, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0) return;
  int listener = received_fd(from);
  close(from);
  if (listener < 0) return;
  if (!may_look_into(who.pid)) {
    fprintf(stderr, "%s: process %d may not be looked into (CAP_SYS_PTRACE)\n", NAME, (int)who.pid);
    exit(3);
  }
  hb_supervisor.listener = listener;
  hb_supervisor.root = who.pid;
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, WAKE_ON_THIS_CPU);
  watch(listener, HB_EVENT_CALLS);
  epoll_ctl(hb_supervisor.epoll, EPOLL_CTL_DEL, launchers, NULL);
}

/* The launcher's exec is the start of the program, and that we hold it the proof that the hook lives; any other is of a program that is
 * not hooked, also when it is refused. */
static void executed(struct hb_call *call) {
  if (hb_supervisor.started || call->process->pid != hb_supervisor.root) {
    call->process->left = true;
    return;
  }
  hb_supervisor.started = true;
  hb_outside_announce(&hb_supervisor.ring, (uint32_t)hb_supervisor.root);
  printf("live %d\n", (int)hb_supervisor.root);
  fflush(stdout);
}

static bool is_accept(int number) { return number == SYS_accept || number == SYS_accept4; }

static int flags_of(const struct hb_call *call) {
  if (call->number == SYS_recvfrom) return (int)call->args[3];
  return call->number == SYS_recvmsg ? (int)call->args[2] : 0;
}

/* True when the call is ours to make: our copy of its descriptor is in it. */
static bool is_ours(struct hb_call *call) {
  if (call->process->left || (flags_of(call) & HB_UNCOUNTED_FLAGS)) return false;
  if (call->number == SYS_accept4 && (call->args[3] & ~(uint64_t)(SOCK_NONBLOCK | SOCK_CLOEXEC))) return false;
  call->fd = hb_process_fd(call->process, (int)call->args[0]);
  if (call->fd < 0) return false;
  uint64_t cookie = hb_cookie_of(call->fd);
  if (is_accept(call->number) ? cookie != 0 : hb_cookie_known(cookie)) return true;
  close(call->fd);
  return false;
}

static void take_call(void) {
  memset(&notice, 0, sizeof notice);
  if (ioctl(hb_supervisor.listener, SECCOMP_IOCTL_NOTIF_RECV, &notice) != 0) return; /* it is no more */
  struct hb_call call = {
      .id = notice.call.id,
      .tid = (pid_t)notice.call.pid,
      .number = notice.call.data.nr,
      .start_ns = hb_now_ns(),
  };
  for (int i = 0; i < 6; i++) call.args[i] = notice.call.data.args[i];
  call.process = hb_process_of(call.tid, hb_supervisor.epoll);
  bool executes = call.number == SYS_execve || call.number == SYS_execveat;
  if (call.process && executes) executed(&call);
  if (!call.process) __atomic_fetch_add(&hb_supervisor.ring.header->unringed, 1, __ATOMIC_RELAXED);
  if (!call.process || executes || !is_ours(&call)) {
    hb_let_through(call.id);
    return;
  }
  if ((is_accept(call.number) ? hb_accept_attempt : hb_read_attempt)(&call) == HB_LATER)
    hb_wait_for(&call);
  else
    close(call.fd);
}

/* 0 when all that was filtered has ended, or it is time for us. */
static int handle(const struct epoll_event *event) {
  char said[64];
  uint32_t index = (uint32_t)event->data.u64;
  switch (event->data.u64 >> 32) {
    case HB_EVENT_INPUT: return read(STDIN_FILENO, said, sizeof said) > 0;
    case HB_EVENT_LAUNCHER: meet_launcher(); return 1;
    case HB_EVENT_PROCESS: hb_process_forget(index); return 1;
    case HB_EVENT_WAITING: hb_wait_ready(index); return 1;
    default:
      if (event->events & EPOLLIN) take_call();
      else if (event->events & EPOLLHUP) return 0;
      return 1;
  }
}

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  if (argc != 2) return fputs("usage: hookbench-notify SOCKET\n", stderr), 2;
  const char *ring = hb_env("HOOKBENCH_RING");
  if (!hb_outside_start(NAME)) return 2;
  const char *problem = ring ? hb_ring_file_open(&hb_supervisor.ring, ring, HB_RING_EITHER) : "not set";
  if (problem) return fprintf(stderr, "%s: HOOKBENCH_RING: %s\n", NAME, problem), 2;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  setrlimit(RLIMIT_NOFILE, &(struct rlimit){files.rlim_max, files.rlim_max});
  hb_supervisor.epoll = epoll_create1(EPOLL_CLOEXEC);
  if (listen_at(argv[1]) != 0) return fail(argv[1]);
  watch(STDIN_FILENO, HB_EVENT_INPUT);
  watch(launchers, HB_EVENT_LAUNCHER);
  puts("ready");
  fflush(stdout);
  for (uint64_t swept_ns = 0;;) {
    struct epoll_event events[16];
    int count = epoll_wait(hb_supervisor.epoll, events, 16, hb_waits() ? SWEEP_MS : -1);
    if (count < 0 && errno != EINTR) return fail("epoll_wait");
    for (int i = 0; i < count; i++)
      if (!handle(&events[i])) return 0;
    if (!hb_waits() || hb_now_ns() - swept_ns < SWEEP_MS * 1000000u) continue;
    hb_wait_sweep();
    swept_ns = hb_now_ns();
  }
}
