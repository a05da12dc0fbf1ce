#ifndef HOOKBENCH_LOAD_REQUEST_H
#define HOOKBENCH_LOAD_REQUEST_H

#include <stdint.h>

#include "failure.h"

/* The request bytes of one kind. */
struct payload {
  unsigned char *bytes; /* NULL: not set */
  uint32_t length;
};

/* What a target's protocol has around the payload, and what it wants to hear first on each new connection. */
struct request_template {
  unsigned char *bytes; /* opening, before and after, one behind the other; NULL: the payload is the request */
  uint32_t opening_length;
  uint32_t before_length;
  uint32_t after_length;
};

/* Whole requests of both kinds, made before a run so that nothing is put together while a clock runs. */
struct requests {
  struct payload kinds[2];
};

/* Replaces what is there; a kind without payload stays not set. */
int requests_build(struct requests *requests, const struct request_template *around, const struct payload payloads[2],
                   struct failure *failure);

void requests_free(struct requests *requests);

#endif
