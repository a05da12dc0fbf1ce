#include <arpa/inet.h>
#include <string.h>

#include "response.h"

#define HEADER_BYTES 5u          /* type and length; the length counts itself and not the type */
#define MOST_MESSAGE (1u << 24)

static uint32_t u32_of(const char *bytes);
static int report(const char *fields, size_t length, struct failure *failure);

int response_postgres(const char *bytes, size_t length, uint32_t replies, uint64_t *extent, struct failure *failure) {
  uint64_t at = 0;
  for (uint32_t seen = 0; seen < replies;) {
    if (at + HEADER_BYTES > length) return 0;
    const char *message = bytes + at;
    uint32_t size = u32_of(message + 1);
    if (size < 4 || size > MOST_MESSAGE) return fail(failure, "bad response: not a message of PostgreSQL");
    at += 1 + (uint64_t)size;
    if (at > length) return 0;
    if (message[0] == 'E') return report(message + HEADER_BYTES, size - 4, failure);
    if (message[0] == 'R' && (size < 8 || u32_of(message + HEADER_BYTES) != 0))
      return fail(failure, "bad response: it asks for a password (trust is needed)");
    if (message[0] == 'Z') seen++;
  }
  *extent = at;
  return 1;
}

static uint32_t u32_of(const char *bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof value);
  return ntohl(value);
}

/* An ErrorResponse: fields of a type and a text that ends in NUL; M is the message. */
static int report(const char *fields, size_t length, struct failure *failure) {
  for (size_t at = 0; at < length && fields[at] != '\0';) {
    size_t text = strnlen(fields + at + 1, length - at - 1);
    if (fields[at] == 'M') return fail(failure, "bad response: %.*s", text < 200 ? (int)text : 200, fields + at + 1);
    at += text + 2;
  }
  return fail(failure, "bad response: an error without a message");
}
