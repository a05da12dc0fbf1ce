#define _GNU_SOURCE
#include "message.h"

#include <string.h>

#include "real.h"

#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

/* Nobody else could: the program will never know their numbers. */
static void close_passed(const struct cmsghdr *control) {
  if (control->cmsg_level != SOL_SOCKET || (control->cmsg_type != SCM_RIGHTS && control->cmsg_type != SCM_PIDFD)) return;
  size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (size_t i = 0; i < count; i++) {
    int fd;
    memcpy(&fd, CMSG_DATA(control) + i * sizeof fd, sizeof fd);
    if (fd >= 0) hb_real.close(fd);
  }
}

void hb_message_undo(struct msghdr *message, const struct hb_message_before *before) {
  for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) close_passed(control);
  if (message->msg_control && message->msg_controllen <= before->control_length)
    memset(message->msg_control, 0, message->msg_controllen);
  hb_address_undo(message->msg_name, &message->msg_namelen, before->name_length);
  message->msg_controllen = before->control_length;
  message->msg_flags = before->flags;
}

void hb_address_undo(void *address, socklen_t *length, socklen_t before) {
  if (!address || !length) return;
  memset(address, 0, *length < before ? *length : before);
  *length = before;
}
