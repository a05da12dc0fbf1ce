#ifndef HOOKBENCH_LOAD_RECEIVE_H
#define HOOKBENCH_LOAD_RECEIVE_H

#include <stdint.h>

#include "failure.h"
#include "target.h"

/* What has come of a response, of a half one too. */
struct received {
  uint64_t bytes;
  uint64_t end_ns; /* when the last of them had come */
};

/* Takes one whole response, as the target's protocol has it. */
int receive_response(const struct target *target, const struct deadline *deadline, struct received *received,
                     struct failure *failure);

#endif
