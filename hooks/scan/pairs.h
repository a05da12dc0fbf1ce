/* The prefilter before the automaton: says quickly where in a text a keyword may begin, so that the automaton, whose steps each wait for
 * the one before, runs only there. It may be wrong one way only: a place without a keyword may pass.
 *
 * The text is looked at in pairs of bytes at even positions, each looked up by a hash of the pair. An entry has two sets of groups of
 * keywords, one bit a group: those in which such a pair can be the first one seen of an occurrence (low byte), and those in which it can
 * be the next one (high byte). A place passes when some group has its pair as a first and the pair two bytes on as a next. That is 3 or 4
 * bytes compared at each even position, without a branch, for any number of keywords. 8 KB of table stay in the first cache.
 *
 * Which pairs of an occurrence are seen depends on whether it begins at an even position. What is not known of a pair (bytes before or
 * behind the keyword) stands for all values, so that bytes behind the end of the text never hide a keyword. */
#ifndef HOOKBENCH_SCAN_PAIRS_H
#define HOOKBENCH_SCAN_PAIRS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "pair_table.h"

struct hb_keywords;

/* Fills the table. */
void hb_pairs_build(uint16_t pairs[HB_PAIRS], const struct hb_keywords *keywords);

/* What the table says of each of the four pairs in 8 bytes, 16 bits each, first pair lowest. */
static inline uint64_t hb_pairs_of(const uint16_t *pairs, const uint8_t *bytes) {
  uint16_t a, b, c, d;
  memcpy(&a, bytes, 2);
  memcpy(&b, bytes + 2, 2);
  memcpy(&c, bytes + 4, 2);
  memcpy(&d, bytes + 6, 2);
  return (uint64_t)pairs[HB_PAIR_SLOT(a)] | (uint64_t)pairs[HB_PAIR_SLOT(b)] << 16 | (uint64_t)pairs[HB_PAIR_SLOT(c)] << 32 |
         (uint64_t)pairs[HB_PAIR_SLOT(d)] << 48;
}

/* Position of the first pair that passes within one step, or HB_PAIRS_STEP. Reads HB_PAIRS_REACH bytes. */
static inline uint32_t hb_pairs_step(const uint16_t *pairs, const uint8_t *bytes) {
  uint16_t behind;
  memcpy(&behind, bytes + 16, 2);
  uint64_t left = hb_pairs_of(pairs, bytes), right = hb_pairs_of(pairs, bytes + 8), last = pairs[HB_PAIR_SLOT(behind)];
  uint64_t from_left = left & (left >> 24 | right << 40) & HB_FIRSTS, from_right = right & (right >> 24 | last << 40) & HB_FIRSTS;
  if (__builtin_expect(!(from_left | from_right), 1)) return HB_PAIRS_STEP;
  if (from_left) return (uint32_t)__builtin_ctzll(from_left) / 16 * 2;
  return 8 + (uint32_t)__builtin_ctzll(from_right) / 16 * 2;
}

/* First even position from `at` (even) on whose pair passes; `size` or more when there is none. */
static inline size_t hb_pairs_find(const uint16_t *pairs, const uint8_t *bytes, size_t at, size_t size) {
  for (; at + HB_PAIRS_REACH <= size; at += HB_PAIRS_STEP) {
    uint32_t found = hb_pairs_step(pairs, bytes + at);
    if (found < HB_PAIRS_STEP) return at + found;
  }
  uint8_t last[2 * HB_PAIRS_STEP + 2] = {0};
  if (at >= size) return size;
  memcpy(last, bytes + at, size - at);
  uint32_t found = hb_pairs_step(pairs, last);
  if (found < HB_PAIRS_STEP) return at + found;
  at += HB_PAIRS_STEP;
  return at < size ? at + hb_pairs_step(pairs, last + HB_PAIRS_STEP) : size;
}

#endif
