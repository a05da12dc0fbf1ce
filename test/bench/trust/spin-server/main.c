/* spin-server: answers HTTP requests on keep-alive connections, and spins for a given time in each: a hook whose cost is known.
 * usage: spin-server KEYWORD               serves; counts the requests that hold KEYWORD, as a hook would
 *        spin-server --calibrate NS...     says what each delay really adds, one line each
 * Environment: HOOKBENCH_PORT (0 or none: any), TRUST_DELAY_NS (none: 0), TRUST_COUNTS (file for the three counters). Ends with 0 at SIGTERM. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "spin.h"

#define MAX_FDS 64
#define MAX_REQUEST 16384

/* read by test/bench/trust/spin-sut.ts */
struct counts {
  uint64_t reads;
  uint64_t bytes;
  uint64_t hits;
};

struct connection {
  size_t used;
  char bytes[MAX_REQUEST];
};

static const char RESPONSE[] = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nHello World";

static struct connection connections[MAX_FDS];
static struct counts own_counts;

static int calibrate(int n, char **delays);
static void serve(const char *keyword);
static void take(int epoll, int listener);
static void answer(int fd, const char *keyword, const struct spin *spin, struct counts *counts);
static int listen_on(unsigned port);
static struct counts *shared_counts(void);
static uint32_t number_of(const char *name, const char *text, unsigned long most);
static void fail(const char *what);

static void on_terminate(int number) {
  (void)number;
  _exit(0);
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "--calibrate") == 0) return calibrate(argc - 2, argv + 2);
  if (argc != 2) {
    fprintf(stderr, "usage: spin-server KEYWORD | spin-server --calibrate NS...\n");
    return 2;
  }
  signal(SIGTERM, on_terminate);
  signal(SIGPIPE, SIG_IGN);
  serve(argv[1]);
}

static int calibrate(int n, char **delays) {
  for (int i = 0; i < n; i++) {
    uint32_t delay_ns = number_of("NS", delays[i], 1000000);
    struct spin_check check = spin_measured(delay_ns);
    printf("delay_ns=%u median_ns=%.1f low_ns=%.1f high_ns=%.1f\n", delay_ns, check.median_ns, check.low_ns, check.high_ns);
  }
  return 0;
}

static void serve(const char *keyword) {
  struct spin spin = spin_calibrated(number_of("TRUST_DELAY_NS", getenv("TRUST_DELAY_NS"), 1000000));
  struct counts *counts = shared_counts();
  int listener = listen_on(number_of("HOOKBENCH_PORT", getenv("HOOKBENCH_PORT"), 65535));
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) fail("epoll");
  for (;;) {
    struct epoll_event ready[MAX_FDS];
    int n = epoll_wait(epoll, ready, MAX_FDS, -1);
    for (int i = 0; i < n; i++) {
      if (ready[i].data.fd == listener) take(epoll, listener);
      else answer(ready[i].data.fd, keyword, &spin, counts);
    }
  }
}

static void take(int epoll, int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  int one = 1;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (fd >= MAX_FDS || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) close(fd);
  else connections[fd].used = 0;
}

/* The client sends one request at a time, so a request ends where the bytes do. */
static void answer(int fd, const char *keyword, const struct spin *spin, struct counts *counts) {
  struct connection *c = &connections[fd];
  ssize_t got = read(fd, c->bytes + c->used, sizeof c->bytes - c->used);
  if (got <= 0) {
    close(fd);
    return;
  }
  c->used += (size_t)got;
  counts->reads++;
  counts->bytes += (uint64_t)got;
  if (c->used < 4 || memcmp(c->bytes + c->used - 4, "\r\n\r\n", 4) != 0) return;
  if (memmem(c->bytes, c->used, keyword, strlen(keyword)) != NULL) counts->hits++;
  c->used = 0;
  spin_for(spin);
  if (write(fd, RESPONSE, sizeof RESPONSE - 1) < 0) close(fd);
}

static int listen_on(unsigned port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int one = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, MAX_FDS) != 0) fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("HOOKBENCH_READY port=%u pid=%d\n", ntohs(address.sin_port), (int)getpid());
  fflush(stdout);
  return listener;
}

/* Without a file the counters are counted all the same, so that every arm does the same work. */
static struct counts *shared_counts(void) {
  const char *path = getenv("TRUST_COUNTS");
  if (path == NULL) return &own_counts;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) fail(path);
  void *mapped = mmap(NULL, sizeof(struct counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) fail(path);
  close(fd);
  return mapped;
}

static uint32_t number_of(const char *name, const char *text, unsigned long most) {
  if (text == NULL || *text == '\0') return 0;
  char *end;
  unsigned long value = strtoul(text, &end, 10);
  if (*end == '\0' && value <= most) return (uint32_t)value;
  fprintf(stderr, "spin-server: %s \"%s\" is not a number up to %lu\n", name, text, most);
  exit(2);
}

static void fail(const char *what) {
  fprintf(stderr, "spin-server: %s: %s\n", what, strerror(errno));
  exit(1);
}
