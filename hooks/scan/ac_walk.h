/* The automaton over bytes that lie apart (readv, recvmsg), but are one sequence: the state is the caller's to carry on. */
#ifndef HOOKBENCH_SCAN_AC_WALK_H
#define HOOKBENCH_SCAN_AC_WALK_H

#include "ac.h"

/* As hb_ac_scan, but begins in *state (0 at the start of a sequence) and leaves there where it ended. */
static inline uint16_t hb_ac_walk(const struct hb_ac *ac, uint32_t *state, const uint8_t *bytes, size_t size) {
  uint32_t at = *state;
  for (const uint8_t *end = bytes + size; bytes < end; bytes++) {
    at = ac->next[(at << ac->shift) | ac->class_of[*bytes]];
    if (__builtin_expect(at >= ac->accepting, 0)) return ac->keyword[at - ac->accepting];
  }
  *state = at;
  return HB_NO_KEYWORD;
}

#endif
