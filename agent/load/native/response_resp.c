#define _GNU_SOURCE
#include <string.h>

#include "number.h"
#include "response.h"

static int reply_extent(const char *bytes, size_t length, uint64_t *extent, struct failure *failure);
static int bulk_extent(const char *line, size_t line_length, uint64_t *extent, struct failure *failure);

int response_resp(const char *bytes, size_t length, uint32_t replies, uint64_t *extent, struct failure *failure) {
  uint64_t at = 0;
  for (uint32_t i = 0; i < replies; i++) {
    uint64_t reply = 0;
    if (at >= length) return 0;
    int complete = reply_extent(bytes + at, length - (size_t)at, &reply, failure);
    if (complete <= 0) return complete;
    at += reply;
  }
  *extent = at;
  return 1;
}

static int reply_extent(const char *bytes, size_t length, uint64_t *extent, struct failure *failure) {
  const char *end = memmem(bytes, length, "\r\n", 2);
  if (memchr("+:$-", bytes[0], 4) == NULL) return fail(failure, "bad response: not a reply of Redis");
  if (end == NULL) return 0;
  size_t line_length = (size_t)(end - bytes);
  if (bytes[0] == '-') return fail(failure, "bad response: %.*s", line_length < 100 ? (int)line_length : 100, bytes);
  *extent = line_length + 2;
  return bytes[0] == '$' ? bulk_extent(bytes, line_length, extent, failure) : 1;
}

static int bulk_extent(const char *line, size_t line_length, uint64_t *extent, struct failure *failure) {
  uint64_t bulk;
  if (number_read(line + 1, line_length - 1, &bulk) != 0) return fail(failure, "bad response: no value where one was set");
  *extent += bulk + 2;
  return 1;
}
