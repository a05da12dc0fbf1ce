#define _GNU_SOURCE
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_BURST_BYTES 262144u
#define MAX_REQUESTS 65536u

struct hello {
  char magic[4];
  uint32_t request_bytes;
  uint32_t requests;
  uint32_t reserved;
};

_Static_assert(sizeof(struct hello) == 16, "hello");

static unsigned char request[MAX_BURST_BYTES];
static uint32_t latency_ns[MAX_REQUESTS];
extern volatile sig_atomic_t ending;

static int receive_hello(int fd, struct hello *hello);
static int wait_burst(int fd, uint32_t burst_bytes);
static void read_burst(int fd, const struct hello *hello);
static int send_latencies(int fd, uint32_t requests);
static uint32_t elapsed_ns(const struct timespec *from, const struct timespec *to);

void connection_serve(int fd) {
  struct hello hello;
  if (receive_hello(fd, &hello) != 0) return;
  uint32_t burst_bytes = hello.request_bytes * hello.requests;
  while (wait_burst(fd, burst_bytes) == 0) {
    read_burst(fd, &hello);
    if (send_latencies(fd, hello.requests) != 0) return;
  }
}

void wait_readable(int fd) {
  for (;;) {
    struct pollfd in = {.fd = fd, .events = POLLIN};
    int ready = ppoll(&in, 1, NULL, &waiting_mask);
    if (ending) exit(0);
    if (ready > 0) return;
  }
}

/* By recv, so that only requests pass through read. */
static int receive_hello(int fd, struct hello *hello) {
  for (size_t got = 0; got < sizeof *hello;) {
    wait_readable(fd);
    ssize_t n = recv(fd, (char *)hello + got, sizeof *hello - got, 0);
    if (n <= 0) return -1;
    got += (size_t)n;
  }
  uint64_t burst_bytes = (uint64_t)hello->request_bytes * hello->requests;
  if (memcmp(hello->magic, "HBRL", 4) != 0 || hello->reserved != 0 || burst_bytes == 0 || burst_bytes > MAX_BURST_BYTES ||
      hello->requests > MAX_REQUESTS) {
    fprintf(stderr, "read-loop: refused a hello (%u bytes x %u requests)\n", hello->request_bytes, hello->requests);
    return -1;
  }
  int low_water = (int)burst_bytes;
  return setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &low_water, sizeof low_water);
}

/* 0 when a whole burst is queued; -1 when the connection ended first. */
static int wait_burst(int fd, uint32_t burst_bytes) {
  for (;;) {
    wait_readable(fd);
    int queued = 0;
    if (ioctl(fd, FIONREAD, &queued) != 0) return -1;
    if ((uint32_t)queued >= burst_bytes) return 0;
    struct pollfd hangup = {.fd = fd, .events = POLLRDHUP};
    if (poll(&hangup, 1, 0) > 0) return -1;
    nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
  }
}

/* A hook may take a request away and return an error for it: that read counts too, and the next one follows. */
static void read_burst(int fd, const struct hello *hello) {
  struct timespec before, after;
  for (uint32_t i = 0; i < hello->requests; i++) {
    clock_gettime(CLOCK_MONOTONIC, &before);
    ssize_t got = read(fd, request, hello->request_bytes);
    clock_gettime(CLOCK_MONOTONIC, &after);
    latency_ns[i] = elapsed_ns(&before, &after);
    if (got >= 0 && (uint32_t)got != hello->request_bytes) {
      fprintf(stderr, "read-loop: a read gave %zd of %u bytes\n", got, hello->request_bytes);
      exit(1);
    }
  }
}

static int send_latencies(int fd, uint32_t requests) {
  size_t length = requests * sizeof latency_ns[0];
  for (size_t sent = 0; sent < length;) {
    ssize_t n = send(fd, (char *)latency_ns + sent, length - sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EINTR) return -1;
    if (n > 0) sent += (size_t)n;
  }
  return 0;
}

static uint32_t elapsed_ns(const struct timespec *from, const struct timespec *to) {
  int64_t ns = (int64_t)(to->tv_sec - from->tv_sec) * 1000000000 + (to->tv_nsec - from->tv_nsec);
  return ns > (int64_t)UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
}
