/* Multi-keyword search by Aho-Corasick behind a prefilter (pairs.h): one table step per byte, however many keywords there are, and only
 * where a keyword may begin. The kernel program does the same on the same tables, so that the two can be compared. */
#ifndef HOOKBENCH_SCAN_AC_H
#define HOOKBENCH_SCAN_AC_H

#include <stddef.h>
#include <stdint.h>

#include "../abi/record.h"
#include "keywords.h"
#include "pairs.h"

/* A dense automaton. Bytes are first put into classes (bytes that occur in no keyword share one), which makes the rows short
 * enough for the cache. State 0 is the start; states from `accepting` up end a keyword. */
struct hb_ac {
  const uint16_t *next;    /* next[(state << shift) | class] */
  const uint16_t *keyword; /* keyword[state - accepting]: smallest index of the keywords that end there */
  uint32_t shift;
  uint32_t accepting;
  uint32_t states;
  uint32_t shallow; /* states below are at most HB_AC_SHALLOW bytes deep, and end no keyword */
  uint8_t class_of[256];
  uint16_t pairs[HB_PAIRS];
};

/* Bytes that the automaton takes before it is asked whether it may stop: when at most HB_AC_SHALLOW bytes of a keyword are under way. */
#define HB_AC_STRIDE 8u
#define HB_AC_SHALLOW 2u

/* Builds the automaton. Returns NULL, or what is wrong. The memory lives as long as the process. */
const char *hb_ac_build(struct hb_ac *ac, const struct hb_keywords *keywords);

/* Index of the first match in exactly these bytes, or HB_NO_KEYWORD. First is the match that ends first; of those that end at
 * the same byte, the one with the smallest index. No state is carried over: a keyword split over two calls is not found.
 *
 * Before the first pair that passes, less one byte, no occurrence begins: the automaton starts there. When at most HB_AC_SHALLOW bytes
 * of a keyword are under way, the prefilter goes on from before these. */
static inline uint16_t hb_ac_scan(const struct hb_ac *ac, const uint8_t *bytes, size_t size) {
  const uint16_t *next = ac->next;
  const uint32_t shift = ac->shift, accepting = ac->accepting, shallow = ac->shallow;
  size_t at = 0;
  while ((at = hb_pairs_find(ac->pairs, bytes, at & ~(size_t)1, size)) < size) {
    uint32_t state = 0;
    at -= at != 0;
    do {
      size_t stop = size - at < HB_AC_STRIDE ? size : at + HB_AC_STRIDE;
      for (; at < stop; at++) {
        state = next[(state << shift) | ac->class_of[bytes[at]]];
        if (__builtin_expect(state >= accepting, 0)) return ac->keyword[state - accepting];
      }
    } while (state >= shallow && at < size);
    if (at >= size) break;
    at -= HB_AC_SHALLOW;
  }
  return HB_NO_KEYWORD;
}

#endif
