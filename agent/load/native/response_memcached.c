#define _GNU_SOURCE
#include <stdbool.h>
#include <string.h>

#include "number.h"
#include "response.h"

static bool is_line(const char *line, size_t length, const char *text);
static int value_extent(const char *line, size_t length, uint64_t *extent);

int response_memcached(const char *bytes, size_t length, uint32_t replies, uint64_t *extent, struct failure *failure) {
  bool has_value = false;
  uint64_t at = 0;
  for (uint32_t seen = 0; seen < replies;) {
    const char *line = bytes + at;
    const char *end = at < length ? memmem(line, length - (size_t)at, "\r\n", 2) : NULL;
    if (end == NULL) return 0;
    size_t line_length = (size_t)(end - line);
    at += line_length + 2;
    if (is_line(line, line_length, "STORED")) {
      seen++;
    } else if (is_line(line, line_length, "END")) {
      if (!has_value) return fail(failure, "bad response: no value where one was set");
      has_value = false;
      seen++;
    } else if (value_extent(line, line_length, &at) == 0) {
      has_value = true;
    } else {
      return fail(failure, "bad response: %.*s", line_length < 100 ? (int)line_length : 100, line);
    }
  }
  *extent = at;
  return 1;
}

static bool is_line(const char *line, size_t length, const char *text) {
  return length == strlen(text) && memcmp(line, text, length) == 0;
}

/* VALUE KEY FLAGS BYTES: adds the value behind it. -1: it is another line. */
static int value_extent(const char *line, size_t length, uint64_t *extent) {
  const char *last = memrchr(line, ' ', length);
  uint64_t value;
  if (length < 6 || memcmp(line, "VALUE ", 6) != 0 || last == NULL) return -1;
  if (number_read(last + 1, (size_t)(line + length - last - 1), &value) != 0) return -1;
  *extent += value + 2;
  return 0;
}
