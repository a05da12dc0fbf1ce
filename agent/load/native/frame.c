#include "frame.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"

static void write_all(const void *bytes, size_t length);

void frame_write(enum frame_kind kind, uint32_t step, uint64_t t0_ns, uint32_t samples, const void *payload,
                 uint32_t payload_bytes) {
  struct frame_header header = {
      .magic = 0x314c4248, .kind = kind, .step = step, .payload_bytes = payload_bytes, .t0_ns = t0_ns, .samples = samples};
  write_all(&header, sizeof header);
  write_all(payload, payload_bytes);
}

void frame_write_text(enum frame_kind kind, uint32_t step, const char *text) {
  frame_write(kind, step, 0, 0, text, (uint32_t)strlen(text));
}

static void write_all(const void *bytes, size_t length) {
  const char *next = bytes;
  while (length > 0) {
    if (process_ending) exit(0);
    ssize_t written = write(STDOUT_FILENO, next, length);
    if (written > 0) {
      next += written;
      length -= (size_t)written;
    } else if (written < 0 && errno == EAGAIN) {
      struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
      poll(&out, 1, -1);
    } else if (written < 0 && errno != EINTR) {
      exit(1);
    }
  }
}
