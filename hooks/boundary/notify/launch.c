/* hookbench-notify-launch SOCKET PROGRAM [ARGUMENT…]: puts the filter in front of this process's system calls, hands it to the supervisor
 * that listens at SOCKET, and becomes PROGRAM. HOOKBENCH_FUNCTIONS says which reads are held. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../preload/options.h"
#include "calls.h"

#define FIRST 3u /* instructions before the comparisons */

static int fail(const char *what) {
  fprintf(stderr, "hookbench-notify-launch: %s: %s\n", what, strerror(errno));
  return 126;
}

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

/* Compares the number with each one that is held, and lets all else through. */
static int install(uint32_t functions) {
  struct sock_filter program[FIRST + HB_HELD + 2] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HB_NATIVE_ARCH, 0, 0),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
  };
  uint32_t numbers[HB_HELD], count = 0;
  for (size_t i = 0; i < HB_HELD; i++)
    if (!hb_held[i].functions || (hb_held[i].functions & functions)) numbers[count++] = (uint32_t)hb_held[i].number;
  for (uint32_t i = 0; i < count; i++)
    program[FIRST + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, numbers[i], (uint8_t)(count - i), 0);
  program[1].jf = (uint8_t)(count + 1);
  program[FIRST + count] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  program[FIRST + count + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
  struct sock_fprog filter = {.len = (unsigned short)(FIRST + count + 2), .filter = program};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

static int hand_over(int to, int listener) {
  char word = 'l', control[CMSG_SPACE(sizeof listener)] = {0};
  struct iovec part = {&word, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof listener), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(header), &listener, sizeof listener);
  return sendmsg(to, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* As execvp finds it, but by one call of execve: the supervisor takes the second one for a program started by this one. */
static int become(char **argv) {
  static char found[4096];
  const char *paths = getenv("PATH"), *name = argv[0];
  if (strchr(name, '/')) return execv(name, argv);
  for (const char *at = paths ? paths : "/usr/bin:/bin"; *at; at += *at == ':') {
    size_t length = strcspn(at, ":");
    snprintf(found, sizeof found, "%.*s/%s", (int)length, length ? at : ".", name);
    if (access(found, X_OK) == 0) return execv(found, argv);
    at += length;
  }
  errno = ENOENT;
  return -1;
}

int main(int argc, char **argv) {
  struct hb_options options;
  struct hb_refusal refusal;
  if (argc < 3) return fputs("usage: hookbench-notify-launch SOCKET PROGRAM [ARGUMENT...]\n", stderr), 2;
  if (!hb_options_read(&options, &refusal)) return errno = EINVAL, fail(refusal.variable);
  int supervisor = connect_to(argv[1]);
  if (supervisor < 0) return fail("no supervisor");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail("no new privileges");
  int listener = install(options.functions);
  if (listener < 0) return fail("seccomp filter");
  if (hand_over(supervisor, listener) != 0) return fail("handing the filter over");
  close(listener); /* should the supervisor end now, calls fail instead of waiting for it */
  unsetenv("HOOKBENCH_FUNCTIONS");
  become(argv + 2);
  return fail(argv[2]);
}
