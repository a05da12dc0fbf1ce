#ifndef HOOKBENCH_LOAD_RESPONSE_H
#define HOOKBENCH_LOAD_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include "failure.h"

/* The head of an HTTP/1.x response. */
struct response_head {
  size_t head_bytes; /* up to and with the empty line */
  uint64_t body_bytes;
};

/* Reads the head of a response that leaves the connection open and states its length.
 * 1: complete; 0: more bytes are needed; -1: it is none of this kind, the failure says why. */
int response_parse(const char *bytes, size_t length, struct response_head *head, struct failure *failure);

#endif
