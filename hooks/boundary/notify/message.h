/* The control data of a recvmsg: descriptors that came along must become the program's. */
#ifndef HOOKBENCH_NOTIFY_MESSAGE_H
#define HOOKBENCH_NOTIFY_MESSAGE_H

#include <stdbool.h>
#include <sys/socket.h>

#include "supervisor.h"

/* Gives the passed descriptors to the program and puts its numbers in place of ours; ours are closed. @param given false: only closes */
void hb_message_hand_on(const struct hb_call *call, struct msghdr *message, bool given);

#endif
