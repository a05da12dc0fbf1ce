#define _GNU_SOURCE
#include "message.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void hand_on(const struct hb_call *call, struct cmsghdr *control, bool given) {
  if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) return;
  size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (size_t i = 0; i < count; i++) {
    unsigned char *at = CMSG_DATA(control) + i * sizeof(int);
    int ours, theirs = -1;
    memcpy(&ours, at, sizeof ours);
    if (given) theirs = hb_give_fd(call->id, ours, call->args[2] & MSG_CMSG_CLOEXEC ? O_CLOEXEC : 0, false);
    memcpy(at, &theirs, sizeof theirs);
    close(ours);
  }
}

void hb_message_hand_on(const struct hb_call *call, struct msghdr *message, bool given) {
  for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control))
    hand_on(call, control, given);
}
