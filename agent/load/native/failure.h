#ifndef HOOKBENCH_LOAD_FAILURE_H
#define HOOKBENCH_LOAD_FAILURE_H

#include <stdbool.h>

/* What went wrong in a run, as text for the error frame. Functions that can fail return 0 or -1 and fill it in. */
struct failure {
  char text[512];
  bool closed; /* the other end closed or reset the connection */
};

/* Sets the text; returns -1, so that a caller can return it. */
int fail(struct failure *failure, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for a connection that the SUT ended; `how` may be NULL. */
int fail_closed(struct failure *failure, const char *how);

#endif
