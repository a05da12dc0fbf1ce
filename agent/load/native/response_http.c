#define _GNU_SOURCE
#include "response.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define STATUS_LINE_MIN 12u /* HTTP/1.1 200 */

/* The head of an HTTP/1.x response. */
struct response_head {
  size_t head_bytes; /* up to and with the empty line */
  uint64_t body_bytes;
};

static int check_status(const char *line, size_t length, struct failure *failure);
static int read_header(const char *line, size_t length, struct response_head *head, bool *has_length,
                       struct failure *failure);
static int read_length(const char *value, size_t length, struct response_head *head, bool *has_length,
                       struct failure *failure);
static bool is_named(const char *line, size_t length, const char *name);

int response_http(const char *bytes, size_t length, uint32_t replies, uint64_t *extent, struct failure *failure) {
  struct response_head parsed, *head = &parsed;
  (void)replies;
  size_t compared = length < 7 ? length : 7;
  if (memcmp(bytes, "HTTP/1.", compared) != 0) return fail(failure, "bad response: it does not start with HTTP/1.");
  const char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  bool has_length = false;
  head->body_bytes = 0;
  head->head_bytes = (size_t)(end - bytes) + 4;
  const char *limit = end + 2;
  for (const char *line = bytes; line < limit;) {
    const char *line_end = memmem(line, (size_t)(limit - line), "\r\n", 2);
    size_t line_length = (size_t)(line_end - line);
    int ok = line == bytes ? check_status(line, line_length, failure)
                           : read_header(line, line_length, head, &has_length, failure);
    if (ok != 0) return -1;
    line = line_end + 2;
  }
  *extent = head->head_bytes + head->body_bytes;
  return has_length ? 1 : fail(failure, "bad response: no Content-Length");
}

static int check_status(const char *line, size_t length, struct failure *failure) {
  bool digits = length >= STATUS_LINE_MIN && line[8] == ' ' && isdigit((unsigned char)line[9]) &&
                isdigit((unsigned char)line[10]) && isdigit((unsigned char)line[11]);
  if (!digits) return fail(failure, "bad response: no status");
  if (line[9] != '2') return fail(failure, "bad response: status %.3s", line + 9);
  return line[7] == '1' ? 0 : fail(failure, "bad response: HTTP/1.%c, keep-alive needs 1.1", line[7]);
}

static int read_header(const char *line, size_t length, struct response_head *head, bool *has_length,
                       struct failure *failure) {
  if (is_named(line, length, "content-length:")) return read_length(line + 15, length - 15, head, has_length, failure);
  if (is_named(line, length, "transfer-encoding:"))
    return fail(failure, "bad response: Transfer-Encoding (chunked) instead of Content-Length");
  if (is_named(line, length, "connection:")) {
    for (size_t i = 11; i + 5 <= length; i++) {
      if (strncasecmp(line + i, "close", 5) == 0) return fail(failure, "bad response: Connection: close, keep-alive needed");
    }
  }
  return 0;
}

static int read_length(const char *value, size_t length, struct response_head *head, bool *has_length,
                       struct failure *failure) {
  size_t at = 0, digits = 0;
  uint64_t bytes = 0;
  while (at < length && (value[at] == ' ' || value[at] == '\t')) at++;
  for (; at < length && isdigit((unsigned char)value[at]) && digits < 15; at++, digits++) {
    bytes = bytes * 10 + (uint64_t)(value[at] - '0');
  }
  while (at < length && (value[at] == ' ' || value[at] == '\t')) at++;
  if (digits == 0 || at != length || *has_length) return fail(failure, "bad response: unreadable Content-Length");
  head->body_bytes = bytes;
  *has_length = true;
  return 0;
}

static bool is_named(const char *line, size_t length, const char *name) {
  size_t name_length = strlen(name);
  return length >= name_length && strncasecmp(line, name, name_length) == 0;
}
