/* A read, made here in the program's place. The bytes are looked at (MSG_PEEK), scanned and put into the program, then taken off the
 * socket, and the program is answered: after a bad buffer the socket still has them. What a signal takes the answer from is kept (stash.h). */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../memory.h"
#include "cookies.h"
#include "message.h"
#include "stash.h"
#include "supervisor.h"

#define MOST_CONTROL 65536u

/* What the program asked for. */
static struct {
  struct iovec parts[HB_MOST_PARTS];
  size_t count, size;
  int flags;
  struct msghdr message; /* of recvmsg, as the program has it */
} wish;
static uint8_t bytes[HB_MOST_BYTES], taken[HB_MOST_BYTES], control[MOST_CONTROL];

static bool is_message(const struct hb_call *call) { return call->number == SYS_recvmsg; }

static void one_part(const struct hb_call *call) {
  wish.parts[0] = (struct iovec){(void *)(uintptr_t)call->args[1], call->args[2]};
  wish.count = 1;
}

/* False when the kernel is to refuse it. */
static bool understand(const struct hb_call *call) {
  pid_t pid = call->process->pid;
  wish.flags = 0;
  if (call->number == SYS_recvfrom) wish.flags = (int)call->args[3];
  if (call->number == SYS_recvmsg) {
    if (!hb_memory_read(pid, call->args[1], &wish.message, sizeof wish.message)) return false;
    wish.flags = (int)call->args[2];
    wish.count = wish.message.msg_iovlen;
    if (!hb_memory_parts(pid, (uint64_t)(uintptr_t)wish.message.msg_iov, wish.count, wish.parts)) return false;
  } else if (call->number == SYS_readv) {
    wish.count = call->args[2];
    if (!hb_memory_parts(pid, call->args[1], wish.count, wish.parts)) return false;
  } else {
    one_part(call);
  }
  wish.size = 0;
  for (size_t i = 0; i < wish.count; i++) {
    if (wish.parts[i].iov_len > (size_t)INT64_MAX) return false;
    size_t room = HB_MOST_BYTES - wish.size;
    wish.size += wish.parts[i].iov_len < room ? wish.parts[i].iov_len : room;
  }
  return wish.size > 0;
}

static ssize_t receive(const struct hb_call *call, uint8_t *to, size_t size, int flags, struct msghdr *message) {
  struct iovec part = {to, size};
  message->msg_iov = &part;
  message->msg_iovlen = 1;
  ssize_t got;
  do got = recvmsg(call->fd, message, flags | MSG_DONTWAIT);
  while (got < 0 && errno == EINTR);
  return got;
}

/* A read that waits does so until it has this many, or nothing more can come. */
static size_t least_of(const struct hb_call *call) {
  int least = 1;
  socklen_t length = sizeof least;
  if (wish.flags & MSG_WAITALL) return wish.size;
  if (getsockopt(call->fd, SOL_SOCKET, SO_RCVLOWAT, &least, &length) != 0 || least < 1) return 1;
  return (size_t)least < wish.size ? (size_t)least : wish.size;
}

static bool waits(const struct hb_call *call, ssize_t got) {
  if (got == 0 || got == (ssize_t)wish.size || !hb_is_blocking(call, wish.flags)) return false;
  if (got < 0) return true;
  struct pollfd over = {.fd = call->fd, .events = POLLRDHUP};
  return (size_t)got < least_of(call) && poll(&over, 1, 0) == 0;
}

/* recvfrom's address, as move_addr_to_user has it. 0 or an error number. */
static int give_address(const struct hb_call *call, const struct msghdr *got) {
  int32_t room, length = (int32_t)got->msg_namelen;
  pid_t pid = call->process->pid;
  if (call->number != SYS_recvfrom || !call->args[4]) return 0;
  if (!hb_memory_read(pid, call->args[5], &room, sizeof room)) return EFAULT;
  if (room < 0) return EINVAL;
  if (!hb_memory_write(pid, call->args[4], got->msg_name, (size_t)(room < length ? room : length))) return EFAULT;
  return hb_memory_write(pid, call->args[5], &length, sizeof length) ? 0 : EFAULT;
}

/* What recvmsg says beside the bytes. */
static int give_message(const struct hb_call *call, const struct msghdr *got) {
  struct msghdr *to = &wish.message;
  pid_t pid = call->process->pid;
  if (!is_message(call)) return 0;
  size_t room = to->msg_namelen < got->msg_namelen ? to->msg_namelen : got->msg_namelen;
  if (to->msg_name && !hb_memory_write(pid, (uint64_t)(uintptr_t)to->msg_name, got->msg_name, room)) return EFAULT;
  if (to->msg_control && !hb_memory_write(pid, (uint64_t)(uintptr_t)to->msg_control, control, got->msg_controllen)) return EFAULT;
  if (to->msg_name) to->msg_namelen = got->msg_namelen;
  to->msg_controllen = got->msg_controllen;
  to->msg_flags = (got->msg_flags & ~MSG_CMSG_CLOEXEC) | (wish.flags & MSG_CMSG_CLOEXEC);
  return hb_memory_write(pid, call->args[1], to, sizeof *to) ? 0 : EFAULT;
}

static enum hb_attempt refused(const struct hb_call *call, int error) {
  hb_supervisor.ring.ring->errors++;
  hb_answer(call->id, 0, error);
  return HB_OVER;
}

/* Tells the program and the ring; the ring first, since what the program does next may be the end of the measurement. */
static bool finish(const struct hb_call *call, ssize_t got, uint16_t keyword) {
  struct hb_seen seen = {
      .start_ns = call->start_ns,
      .pid = (uint32_t)call->process->pid,
      .tid = (uint32_t)call->tid,
      .fd = (int32_t)call->args[0],
      .bytes = (int32_t)got,
      .keyword = keyword,
  };
  hb_outside_record(&hb_supervisor.ring, &seen);
  bool blocks = hb_outside_blocks(keyword);
  if (hb_answer(call->id, got, blocks ? hb_outside.block_errno : 0)) return true;
  hb_outside_take_back(&hb_supervisor.ring, &seen);
  hb_supervisor.ring.ring->errors++;
  return false;
}

static void keep(const struct hb_call *call, ssize_t size) {
  if (!hb_stash_keep(hb_cookie_of(call->fd), bytes, (size_t)size))
    __atomic_fetch_add(&hb_supervisor.ring.header->unringed, 1, __ATOMIC_RELAXED);
}

/* Control data comes only with the bytes themselves: they are taken first. */
static enum hb_attempt read_with_control(const struct hb_call *call, struct msghdr *got, ssize_t size) {
  size_t room = wish.message.msg_controllen < sizeof control ? wish.message.msg_controllen : sizeof control;
  got->msg_control = control;
  got->msg_controllen = room;
  size = receive(call, bytes, (size_t)size, MSG_CMSG_CLOEXEC, got);
  if (size <= 0) return refused(call, size < 0 ? errno : ECONNABORTED);
  uint16_t keyword = hb_outside_scan(bytes, (size_t)size);
  bool blocks = hb_outside_blocks(keyword);
  hb_message_hand_on(call, got, !blocks);
  if (!blocks && (!hb_memory_scatter(call->process->pid, wish.parts, wish.count, bytes, (size_t)size) || give_message(call, got)))
    return refused(call, EFAULT);
  if (!finish(call, size, keyword)) keep(call, size);
  return HB_OVER;
}

static enum hb_attempt nothing_more(const struct hb_call *call, const struct msghdr *got) {
  hb_supervisor.ring.ring->eofs++;
  hb_answer(call->id, 0, give_message(call, got));
  return HB_OVER;
}

static enum hb_attempt read_plainly(const struct hb_call *call, const struct msghdr *got, ssize_t size, uint64_t stashed) {
  uint16_t keyword = hb_outside_scan(bytes, (size_t)size);
  if (!hb_outside_blocks(keyword)) {
    if (!hb_memory_scatter(call->process->pid, wish.parts, wish.count, bytes, (size_t)size)) return refused(call, EFAULT);
    int wrong = give_address(call, got);
    if (!wrong) wrong = give_message(call, got);
    if (wrong) return refused(call, wrong);
  }
  if (stashed)
    hb_stash_drop(stashed, (size_t)size);
  else
    receive(call, taken, (size_t)size, MSG_TRUNC, &(struct msghdr){0});
  if (!finish(call, size, keyword)) keep(call, size);
  return HB_OVER;
}

enum hb_attempt hb_read_attempt(const struct hb_call *call) {
  struct sockaddr_storage name;
  struct msghdr got = {.msg_name = &name, .msg_namelen = sizeof name};
  if (!understand(call)) {
    if (wish.count == 0 || wish.size == 0) hb_supervisor.ring.ring->eofs++;
    hb_let_through(call->id);
    return HB_OVER;
  }
  uint64_t cookie = hb_cookie_of(call->fd);
  ssize_t size = (ssize_t)hb_stash_peek(cookie, bytes, wish.size);
  if (size > 0) return read_plainly(call, &(struct msghdr){0}, size, cookie);
  size = receive(call, bytes, wish.size, MSG_PEEK, &got);
  if (size < 0 && errno != EAGAIN) return refused(call, errno);
  if (waits(call, size)) return HB_LATER;
  if (size < 0) return refused(call, EAGAIN);
  if (size == 0) return nothing_more(call, &got);
  if (is_message(call) && wish.message.msg_control) return read_with_control(call, &got, size);
  return read_plainly(call, &got, size, 0);
}
