#include "failure.h"

#include <stdarg.h>
#include <stdio.h>

int fail(struct failure *failure, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(failure->text, sizeof failure->text, format, arguments);
  va_end(arguments);
  return -1;
}

int fail_closed(struct failure *failure, const char *how) {
  failure->closed = true;
  return how == NULL ? fail(failure, "closed by the SUT") : fail(failure, "closed by the SUT (%s)", how);
}
