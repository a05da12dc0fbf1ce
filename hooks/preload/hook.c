/* The hook itself: clock, read, scan, action, clock, record. Everything here is on the hot path: no lock, no allocation, no
 * system call but the read, and errno stays the read's. */
#define _GNU_SOURCE
#include "hook.h"

#include "message.h"
#include "readable.h"
#include "real.h"
#include "recording.h"

/* What a blocked call must restore is read before it, and only for that action. A bad pointer is the kernel's to refuse. */
static inline bool may_block(void) { return __builtin_expect(hb_hook.action == HB_ACTION_BLOCK, 0); }

ssize_t hb_hooked_read(int fd, void *buffer, size_t size) {
  struct hb_moment start = hb_begin();
  ssize_t result = hb_real.read(fd, buffer, size);
  if (__builtin_expect(result <= 0, 0)) return hb_record_empty(result);
  return hb_record_read(fd, result, &start, hb_scan(buffer, result));
}

ssize_t hb_hooked_recv(int fd, void *buffer, size_t size, int flags) {
  struct hb_moment start = hb_begin();
  ssize_t result = hb_real.recv(fd, buffer, size, flags);
  if (__builtin_expect(result <= 0, 0)) return hb_record_empty(result);
  return hb_record_read(fd, result, &start, hb_scan(buffer, result));
}

ssize_t hb_hooked_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
  socklen_t room = may_block() && from && hb_readable(length, sizeof *length) ? *length : 0;
  struct hb_moment start = hb_begin();
  ssize_t result = hb_real.recvfrom(fd, buffer, size, flags, from, length);
  if (__builtin_expect(result <= 0, 0)) return hb_record_empty(result);
  uint16_t keyword = hb_scan(buffer, result);
  if (__builtin_expect(hb_to_block(keyword), 0)) hb_address_undo(from, length, room);
  return hb_record_read(fd, result, &start, keyword);
}

ssize_t hb_hooked_readv(int fd, const struct iovec *parts, int count) {
  struct hb_moment start = hb_begin();
  ssize_t result = hb_real.readv(fd, parts, count);
  if (__builtin_expect(result <= 0, 0)) return hb_record_empty(result);
  return hb_record_read(fd, result, &start, hb_scan_parts(parts, result));
}

ssize_t hb_hooked_recvmsg(int fd, struct msghdr *message, int flags) {
  struct hb_message_before before = {0};
  if (may_block() && hb_readable(message, sizeof *message)) before = hb_message_before(message);
  struct hb_moment start = hb_begin();
  ssize_t result = hb_real.recvmsg(fd, message, flags);
  if (__builtin_expect(result <= 0, 0)) return hb_record_empty(result);
  uint16_t keyword = hb_scan_parts(message->msg_iov, result);
  if (__builtin_expect(hb_to_block(keyword), 0)) hb_message_undo(message, &before);
  return hb_record_read(fd, result, &start, keyword);
}
