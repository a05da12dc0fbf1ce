#ifndef HOOKBENCH_LOAD_RUN_H
#define HOOKBENCH_LOAD_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "exchange.h"

struct run {
  uint32_t step;
  uint32_t units;
  uint32_t settle;
  bool reconnect;
  uint32_t timeout_ms;
  const uint8_t *order; /* units bytes: bits 0-5 target, bit 7 payload kind */
};

/* Does the work and answers with its frames: samples and done, or samples, partial and error. */
void run_execute(const struct run *run, struct target *targets, const struct payload payloads[2]);

#endif
