/* static-hello: answers GET requests over HTTP/1.1, linked statically: a program that no library can be preloaded into. Its reads are plain read(2).
 * The SUT contract is in agent/load/README.md; a request has no body here. Listens on HOOKBENCH_LISTEN (none: 127.0.0.1), port HOOKBENCH_PORT
 * (0 or none: any), one line on stdout when ready, ends with 0 at SIGTERM. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128
#define MOST_CONNECTIONS 64
#define HEAD_BYTES 16384

static const char ANSWER[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nHello World\n";

struct connection {
  size_t held;
  char head[HEAD_BYTES];
};

static struct connection connections[MOST_CONNECTIONS];
static struct pollfd polled[MOST_CONNECTIONS + 1]; /* the listener last */
static sigset_t waiting_mask;

static void on_terminate(int number);
static int listen_on(struct sockaddr_in address);
static struct sockaddr_in address_asked(void);
static void serve(int listener);
static void take(int listener);
static int answer(int fd, struct connection *connection);
static int send_answer(int fd);

int main(void) {
  sigset_t held;
  sigemptyset(&held);
  sigaddset(&held, SIGTERM);
  sigprocmask(SIG_BLOCK, &held, &waiting_mask);
  sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_terminate}, NULL);
  struct sockaddr_in address = address_asked();
  int listener = listen_on(address);
  socklen_t size = sizeof address;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("HOOKBENCH_READY port=%u pid=%d\n", ntohs(address.sin_port), (int)getpid());
  fflush(stdout);
  serve(listener);
}

static void on_terminate(int number) {
  (void)number;
  _exit(0);
}

static int listen_on(struct sockaddr_in address) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, BACKLOG) == 0) return listener;
  fprintf(stderr, "static-hello: can't listen on %s port %u: %s\n", inet_ntoa(address.sin_addr), ntohs(address.sin_port),
          strerror(errno));
  exit(1);
}

static struct sockaddr_in address_asked(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  const char *listen_text = getenv("HOOKBENCH_LISTEN"), *port_text = getenv("HOOKBENCH_PORT");
  if (listen_text != NULL && inet_pton(AF_INET, listen_text, &address.sin_addr) != 1) {
    fprintf(stderr, "static-hello: HOOKBENCH_LISTEN \"%s\" is not an IPv4 address\n", listen_text);
    exit(1);
  }
  char *end = NULL;
  unsigned long port = port_text == NULL ? 0 : strtoul(port_text, &end, 10);
  if (port_text != NULL && (end == port_text || *end != '\0' || port > 65535)) {
    fprintf(stderr, "static-hello: HOOKBENCH_PORT \"%s\" is not a port\n", port_text);
    exit(1);
  }
  address.sin_port = htons((uint16_t)port);
  return address;
}

static void serve(int listener) {
  for (int i = 0; i < MOST_CONNECTIONS; i++) polled[i] = (struct pollfd){.fd = -1, .events = POLLIN};
  polled[MOST_CONNECTIONS] = (struct pollfd){.fd = listener, .events = POLLIN};
  for (;;) {
    if (ppoll(polled, MOST_CONNECTIONS + 1, NULL, &waiting_mask) < 0) continue;
    for (int i = 0; i < MOST_CONNECTIONS; i++) {
      if (polled[i].fd < 0 || polled[i].revents == 0 || answer(polled[i].fd, &connections[i]) == 0) continue;
      close(polled[i].fd);
      polled[i].fd = -1;
    }
    if (polled[MOST_CONNECTIONS].revents != 0) take(listener);
  }
}

static void take(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  for (int i = 0; i < MOST_CONNECTIONS; i++) {
    if (polled[i].fd >= 0) continue;
    polled[i].fd = fd;
    connections[i].held = 0;
    return;
  }
  close(fd);
}

/* One read, and an answer for each head that is whole. -1: the connection is to be closed. */
static int answer(int fd, struct connection *connection) {
  ssize_t got = read(fd, connection->head + connection->held, sizeof connection->head - connection->held);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (got <= 0) return -1;
  connection->held += (size_t)got;
  for (;;) {
    char *end = memmem(connection->head, connection->held, "\r\n\r\n", 4);
    if (end == NULL) return connection->held == sizeof connection->head ? -1 : 0;
    size_t whole = (size_t)(end + 4 - connection->head);
    connection->held -= whole;
    memmove(connection->head, end + 4, connection->held);
    if (send_answer(fd) != 0) return -1;
  }
}

static int send_answer(int fd) {
  ssize_t sent = send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL);
  return sent == (ssize_t)(sizeof ANSWER - 1) ? 0 : -1; /* the peer has one request under way: there is room for one answer */
}
