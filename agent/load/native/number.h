#ifndef HOOKBENCH_LOAD_NUMBER_H
#define HOOKBENCH_LOAD_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* 1 to 15 decimal digits and nothing else; -1 otherwise. */
static inline int number_read(const char *digits, size_t length, uint64_t *value) {
  if (length < 1 || length > 15) return -1;
  *value = 0;
  for (size_t i = 0; i < length; i++) {
    if (digits[i] < '0' || digits[i] > '9') return -1;
    *value = *value * 10 + (uint64_t)(digits[i] - '0');
  }
  return 0;
}

#endif
