/* Comparing a candidate for real. */
#ifndef HOOKBENCH_PRELOAD_TEDDY_CANDIDATE_H
#define HOOKBENCH_PRELOAD_TEDDY_CANDIDATE_H

#include <string.h>

#include "teddy.h"

/* The answer so far: of all matches the one that ends first, of those that end together the smallest index. */
struct hb_teddy_best {
  size_t end; /* SIZE_MAX: none yet */
  uint16_t index;
};

/* The 4 bytes in front of `end`, the last of them highest; zeros where there are none. */
static inline uint32_t hb_teddy_tail(const uint8_t *bytes, size_t end) {
  uint32_t tail = 0;
  if (__builtin_expect(end >= 4, 1)) {
    memcpy(&tail, bytes + end - 4, 4);
    return tail;
  }
  for (size_t i = 0; i < end; i++) tail |= (uint32_t)bytes[i] << (8 * (4 - end + i));
  return tail;
}

static inline void hb_teddy_compare(const struct hb_teddy *teddy, uint32_t hash, const uint8_t *bytes, size_t size,
                                    size_t window_end, struct hb_teddy_best *best) {
  for (uint32_t at = teddy->first[hash]; at != HB_TEDDY_NONE; at = teddy->words[at].next) {
    const struct hb_teddy_word *word = &teddy->words[at];
    if (word->window_end > window_end) continue;
    size_t start = window_end - word->window_end, end = start + word->length;
    if (end > size || end > best->end || (end == best->end && word->index >= best->index)) continue;
    if (memcmp(bytes + start, word->bytes, word->length) != 0) continue;
    best->end = end;
    best->index = word->index;
  }
}

/* All keywords whose window ends right before `window_end`. */
static inline void hb_teddy_try(const struct hb_teddy *teddy, const uint8_t *bytes, size_t size, size_t window_end,
                                struct hb_teddy_best *best) {
  uint32_t tail = hb_teddy_tail(bytes, window_end);
  for (uint32_t lengths = teddy->lengths; lengths; lengths &= lengths - 1) {
    uint32_t length = 1 + (uint32_t)__builtin_ctz(lengths);
    uint32_t hash = hb_teddy_hash(tail >> (8 * (HB_TEDDY_KEY - length)), length);
    if (__builtin_expect(teddy->seen[hash / 64] >> (hash % 64) & 1, 0))
      hb_teddy_compare(teddy, hash, bytes, size, window_end, best);
  }
}

/* Bit i of `found` is a window that ends with byte from + i. */
static inline void hb_teddy_try_all(const struct hb_teddy *teddy, uint64_t found, const uint8_t *bytes, size_t size, size_t from,
                                    struct hb_teddy_best *best) {
  for (; found; found &= found - 1) hb_teddy_try(teddy, bytes, size, from + (size_t)__builtin_ctzll(found) + 1, best);
}

#endif
