#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"

/* Empty polls between two looks at the clock. */
#define POLLS_PER_CHECK 64u

static int finish_connect(int fd, const struct deadline *deadline, struct failure *failure);
static int idle(uint32_t polls, const struct deadline *deadline, struct failure *failure);

struct deadline deadline_in(uint32_t timeout_ms) {
  return (struct deadline){.at_ns = clock_ns() + timeout_ms * NS_PER_MS, .timeout_ms = timeout_ms};
}

int deadline_check(const struct deadline *deadline, struct failure *failure) {
  if (process_interrupted) return fail(failure, "interrupted");
  if (clock_ns() > deadline->at_ns) return fail(failure, "no answer in %u ms", deadline->timeout_ms);
  return 0;
}

int wire_connect(uint32_t ipv4_be, uint16_t port, const struct deadline *deadline, struct failure *failure) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(failure, "no socket: %s", strerror(errno));
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = ipv4_be}};
  int connected = connect(fd, (struct sockaddr *)&address, sizeof address);
  if (connected != 0 && errno == EINPROGRESS) {
    connected = finish_connect(fd, deadline, failure);
  } else if (connected != 0) {
    fail(failure, "connect failed: %s", strerror(errno));
  }
  if (connected == 0) return fd;
  close(fd);
  return -1;
}

int wire_send(int fd, const void *bytes, size_t length, const struct deadline *deadline, struct failure *failure) {
  const char *next = bytes;
  for (uint32_t polls = 0; length > 0;) {
    ssize_t sent = send(fd, next, length, MSG_NOSIGNAL);
    if (sent > 0) {
      next += sent;
      length -= (size_t)sent;
    } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      return fail_closed(failure, strerror(errno));
    } else if (idle(++polls, deadline, failure) != 0) {
      return -1;
    }
  }
  return 0;
}

ssize_t wire_receive(int fd, void *buffer, size_t capacity, const struct deadline *deadline, struct failure *failure) {
  for (uint32_t polls = 0;;) {
    ssize_t received = recv(fd, buffer, capacity, 0);
    if (received > 0) return received;
    if (received == 0) return fail_closed(failure, NULL);
    if (errno != EAGAIN && errno != EINTR) return fail_closed(failure, strerror(errno));
    if (idle(++polls, deadline, failure) != 0) return -1;
  }
}

int wire_is_stale(int fd) {
  char byte;
  ssize_t peeked = recv(fd, &byte, 1, MSG_PEEK);
  return peeked >= 0 || (errno != EAGAIN && errno != EINTR);
}

static int idle(uint32_t polls, const struct deadline *deadline, struct failure *failure) {
  if (process_single_core()) sched_yield();
  return polls % POLLS_PER_CHECK == 0 ? deadline_check(deadline, failure) : 0;
}

static int finish_connect(int fd, const struct deadline *deadline, struct failure *failure) {
  for (;;) {
    struct pollfd waiting = {.fd = fd, .events = POLLOUT};
    if (poll(&waiting, 1, 10) > 0) break;
    if (deadline_check(deadline, failure) != 0) return -1;
  }
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? 0 : fail(failure, "connect failed: %s", strerror(error));
}
