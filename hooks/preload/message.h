/* What recvfrom and recvmsg give beside the bytes: sender, control data, flags. Of a blocked call nothing of it is left. */
#ifndef HOOKBENCH_PRELOAD_MESSAGE_H
#define HOOKBENCH_PRELOAD_MESSAGE_H

#include <sys/socket.h>

/* The fields that the call overwrites, as the program set them. */
struct hb_message_before {
  socklen_t name_length;
  size_t control_length;
  int flags;
};

static inline struct hb_message_before hb_message_before(const struct msghdr *message) {
  return (struct hb_message_before){message->msg_namelen, message->msg_controllen, message->msg_flags};
}

/* Makes the message what it is after a call that failed: descriptors passed along are closed, name and control data zeroed, and
 * the fields are what they were. */
void hb_message_undo(struct msghdr *message, const struct hb_message_before *before);

/* The same for recvfrom's address. */
void hb_address_undo(void *address, socklen_t *length, socklen_t before);

#endif
