/* Calls that wait, as they would in the kernel: for bytes, or a connection. Others go on meanwhile. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "events.h"
#include "supervisor.h"

#define MOST_WAITING 4096u

static struct waiting {
  struct hb_call call; /* id 0: free */
  uint64_t until_ns;   /* 0: for ever */
} waiting[MOST_WAITING];
static uint32_t used, highest; /* places below `highest` have been in use */

bool hb_waits(void) { return used > 0; }

/* What SO_RCVTIMEO of the descriptor says, which accept goes by, too. */
static uint64_t end_of_wait(const struct hb_call *call) {
  struct timeval limit = {0};
  socklen_t length = sizeof limit;
  if (getsockopt(call->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, &length) != 0) return 0;
  uint64_t ns = (uint64_t)limit.tv_sec * 1000000000u + (uint64_t)limit.tv_usec * 1000u;
  return ns ? call->start_ns + ns : 0;
}

void hb_wait_for(const struct hb_call *call) {
  uint32_t index = 0;
  while (index < highest && waiting[index].call.id) index++;
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u64 = HB_EVENT(HB_EVENT_WAITING, index)};
  if (index == MOST_WAITING || epoll_ctl(hb_supervisor.epoll, EPOLL_CTL_ADD, call->fd, &event) != 0) {
    close(call->fd);
    hb_answer(call->id, 0, ENOBUFS);
    return;
  }
  if (index == highest) highest++;
  used++;
  waiting[index] = (struct waiting){.call = *call, .until_ns = end_of_wait(call)};
}

static void leave(struct waiting *one) {
  epoll_ctl(hb_supervisor.epoll, EPOLL_CTL_DEL, one->call.fd, NULL); /* closing does not: the program has the same socket open */
  close(one->call.fd);
  one->call.id = 0;
  used--;
}

static void try_again(struct waiting *one) {
  bool accepts = one->call.number == SYS_accept || one->call.number == SYS_accept4;
  if (!hb_is_waited_for(one->call.id)) {
    if (!accepts) hb_supervisor.ring.ring->errors++; /* a signal ended it */
    leave(one);
  } else if ((accepts ? hb_accept_attempt : hb_read_attempt)(&one->call) == HB_OVER) {
    leave(one);
  } else if (one->until_ns && hb_now_ns() >= one->until_ns) {
    if (!accepts) hb_supervisor.ring.ring->errors++;
    hb_answer(one->call.id, 0, EAGAIN);
    leave(one);
  }
}

void hb_wait_ready(uint32_t index) {
  if (waiting[index].call.id) try_again(&waiting[index]);
}

void hb_wait_sweep(void) {
  for (uint32_t i = 0; i < highest; i++)
    if (waiting[i].call.id) try_again(&waiting[i]);
}
