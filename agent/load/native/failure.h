#ifndef HOOKBENCH_LOAD_FAILURE_H
#define HOOKBENCH_LOAD_FAILURE_H

/* What went wrong in a run, as text for the error frame. Functions that can fail return 0 or -1 and fill it in. */
struct failure {
  char text[512];
};

/* Sets the text; returns -1, so that a caller can return it. */
int fail(struct failure *failure, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
