#ifndef HOOKBENCH_LOAD_INPUT_H
#define HOOKBENCH_LOAD_INPUT_H

#include <stddef.h>

/* Reads one line of stdin into `line`, without its newline. Its length; -1 at the end of input; -2 when it is longer. */
int input_line(char *line, size_t capacity);

/* Reads exactly `length` bytes; -1 when the input ends before. */
int input_bytes(void *bytes, size_t length);

#endif
