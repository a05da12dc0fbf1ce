/* Multi-keyword search by Aho-Corasick: one table step per byte, however many keywords there are. The same algorithm as the
 * kernel program's, so that the two can be compared. */
#ifndef HOOKBENCH_SCAN_AC_H
#define HOOKBENCH_SCAN_AC_H

#include <stddef.h>
#include <stdint.h>

#include "../abi/record.h"
#include "keywords.h"

/* A dense automaton. Bytes are first put into classes (bytes that occur in no keyword share one), which makes the rows short
 * enough for the cache. State 0 is the start; states from `accepting` up end a keyword. */
struct hb_ac {
  const uint16_t *next;    /* next[(state << shift) | class] */
  const uint16_t *keyword; /* keyword[state - accepting]: smallest index of the keywords that end there */
  uint32_t shift;
  uint32_t accepting;
  uint32_t states;
  uint8_t class_of[256];
};

/* Builds the automaton. Returns NULL, or what is wrong. The memory lives as long as the process. */
const char *hb_ac_build(struct hb_ac *ac, const struct hb_keywords *keywords);

/* Index of the first match in exactly these bytes, or HB_NO_KEYWORD. First is the match that ends first; of those that end at
 * the same byte, the one with the smallest index. No state is carried over: a keyword split over two calls is not found. */
static inline uint16_t hb_ac_scan(const struct hb_ac *ac, const uint8_t *bytes, size_t size) {
  const uint16_t *next = ac->next;
  const uint32_t shift = ac->shift, accepting = ac->accepting;
  uint32_t state = 0;
  for (const uint8_t *end = bytes + size; bytes < end; bytes++) {
    state = next[(state << shift) | ac->class_of[*bytes]];
    if (__builtin_expect(state >= accepting, 0)) return ac->keyword[state - accepting];
  }
  return HB_NO_KEYWORD;
}

#endif
