#include "input.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"

static char buffer[65536];
static size_t start, end;

static int refill(void);

int input_line(char *line, size_t capacity) {
  for (size_t length = 0; length < capacity; length++) {
    if (start == end && refill() != 0) return -1;
    char next = buffer[start++];
    if (next == '\n') {
      line[length] = '\0';
      return (int)length;
    }
    line[length] = next;
  }
  return -2;
}

int input_bytes(void *bytes, size_t length) {
  char *next = bytes;
  while (length > 0) {
    if (start == end && refill() != 0) return -1;
    size_t there = end - start < length ? end - start : length;
    memcpy(next, buffer + start, there);
    start += there;
    next += there;
    length -= there;
  }
  return 0;
}

/* Ends the program at SIGTERM: the wait is short, so that a signal between the look and the wait is not missed for long. */
static int refill(void) {
  for (;;) {
    if (process_ending) exit(0);
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&in, 1, 100) <= 0) continue;
    ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
    if (got > 0) {
      start = 0;
      end = (size_t)got;
      return 0;
    }
    if (got == 0 || (errno != EINTR && errno != EAGAIN)) return -1;
  }
}
