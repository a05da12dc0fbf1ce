#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "supervisor.h"

#ifndef SECCOMP_ADDFD_FLAG_SEND
#define SECCOMP_ADDFD_FLAG_SEND (1UL << 1)
#endif

static bool send_answer(struct seccomp_notif_resp *answer) {
  return ioctl(hb_supervisor.listener, SECCOMP_IOCTL_NOTIF_SEND, answer) == 0;
}

bool hb_answer(uint64_t id, int64_t value, int error) {
  return send_answer(&(struct seccomp_notif_resp){.id = id, .val = error ? 0 : value, .error = -error});
}

bool hb_let_through(uint64_t id) {
  return send_answer(&(struct seccomp_notif_resp){.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE});
}

bool hb_is_waited_for(uint64_t id) { return ioctl(hb_supervisor.listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0; }

int hb_give_fd(uint64_t id, int fd, uint32_t fd_flags, bool answers) {
  struct seccomp_notif_addfd given = {
      .id = id,
      .flags = answers ? SECCOMP_ADDFD_FLAG_SEND : 0,
      .srcfd = (uint32_t)fd,
      .newfd_flags = fd_flags,
  };
  int number = ioctl(hb_supervisor.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &given);
  return number < 0 ? -errno : number;
}

bool hb_is_blocking(const struct hb_call *call, int flags) {
  return !(flags & MSG_DONTWAIT) && !(fcntl(call->fd, F_GETFL) & O_NONBLOCK);
}
