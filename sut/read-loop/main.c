/* read-loop: reads requests in a tight loop with a clock around each read, and sends the latencies back.
 * The wire format is in agent/load/README.md. Listens on HOOKBENCH_LISTEN (none: 127.0.0.1), port HOOKBENCH_PORT (0 or none: any), one line
 * on stdout when ready, ends with 0 at SIGTERM. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"

#define BACKLOG 128

sigset_t waiting_mask;
volatile sig_atomic_t ending;

static void on_terminate(int number);
static void hold_terminate(void);
static int listen_on(unsigned port);
static struct in_addr address_asked(void);
static unsigned port_asked(void);
static unsigned port_of(int listener);
static void serve(int listener);

int main(void) {
  hold_terminate();
  int listener = listen_on(port_asked());
  printf("HOOKBENCH_READY port=%u pid=%d\n", port_of(listener), (int)getpid());
  fflush(stdout);
  serve(listener);
}

static void serve(int listener) {
  for (;;) {
    wait_readable(listener);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) continue;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connection_serve(fd);
    close(fd);
  }
}

static int listen_on(unsigned port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = address_asked()};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, BACKLOG) == 0) return listener;
  fprintf(stderr, "read-loop: can't listen on %s port %u: %s\n", inet_ntoa(address.sin_addr), port, strerror(errno));
  exit(1);
}

static struct in_addr address_asked(void) {
  const char *text = getenv("HOOKBENCH_LISTEN");
  struct in_addr address = {.s_addr = htonl(INADDR_LOOPBACK)};
  if (text == NULL || inet_pton(AF_INET, text, &address) == 1) return address;
  fprintf(stderr, "read-loop: HOOKBENCH_LISTEN \"%s\" is not an IPv4 address\n", text);
  exit(1);
}

static unsigned port_asked(void) {
  const char *text = getenv("HOOKBENCH_PORT");
  if (text == NULL) return 0;
  char *end;
  unsigned long port = strtoul(text, &end, 10);
  if (end != text && *end == '\0' && port < 65536) return (unsigned)port;
  fprintf(stderr, "read-loop: HOOKBENCH_PORT \"%s\" is not a port\n", text);
  exit(1);
}

static unsigned port_of(int listener) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  getsockname(listener, (struct sockaddr *)&address, &size);
  return ntohs(address.sin_port);
}

/* SIGTERM is let in only while waiting, so that it interrupts no measured read and is never missed. */
static void hold_terminate(void) {
  sigset_t terminate;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  sigprocmask(SIG_BLOCK, &terminate, &waiting_mask);
  sigdelset(&waiting_mask, SIGTERM);
  sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_terminate}, NULL);
}

static void on_terminate(int number) {
  (void)number;
  ending = 1;
}
