/* The choices in the environment: closed lists of names, so that a slip of the pen is refused and not measured. */
#ifndef HOOKBENCH_PRELOAD_OPTIONS_H
#define HOOKBENCH_PRELOAD_OPTIONS_H

#include <stdint.h>

struct hb_options {
  uint32_t functions;  /* HB_FUNCTION_* bits */
  uint32_t scanner;    /* HB_SCANNER_* */
  uint32_t most_level; /* HB_LEVEL_*, the highest that simd may use */
  uint32_t clock;      /* HB_CLOCK_* */
  int block_errno;
};

/* What was refused, for the line on stderr. */
struct hb_refusal {
  const char *variable;
  const char *value; /* may be NULL */
  const char *problem;
};

/* Reads HOOKBENCH_FUNCTIONS, _SCANNER, _CLOCK and _ERRNO. False when one is not understood. */
_Bool hb_options_read(struct hb_options *options, struct hb_refusal *refusal);

#endif
