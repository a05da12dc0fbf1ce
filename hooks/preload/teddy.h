/* Multi-keyword search by nibble shuffles (the idea of Teddy, by Geoffrey Langdale, in Hyperscan): each keyword is put into one
 * of 16 buckets by a window of 3 of its bytes, and a shuffle looks up, for 16 or 32 positions at once, which buckets the byte
 * there may belong to. A position whose last 3 bytes fit one bucket is a candidate, which is then compared for real. With AVX-512
 * VBMI 64 positions are looked up at once, and by 7 bits of each byte instead of by its nibbles, which makes fewer candidates.
 *
 * Two things differ from the textbook. The window of a keyword is not its first bytes but the place in it that makes the fewest
 * candidates in ordinary requests ('{' is rarer than 'e'). And keywords that can never be the answer, because another one ends
 * in them earlier, are left out. */
#ifndef HOOKBENCH_PRELOAD_TEDDY_H
#define HOOKBENCH_PRELOAD_TEDDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../scan/ac.h"
#include "../scan/keywords.h"

#define HB_TEDDY_WINDOW 3u   /* bytes */
#define HB_TEDDY_KEY 4u      /* bytes that a candidate is looked up by: its window and one in front, where a keyword has it */
#define HB_TEDDY_BUCKETS 16u /* in two groups of 8: a bit of a byte for each */
#define HB_TEDDY_HASH_BITS 12u
#define HB_TEDDY_NONE 0xffffu

/* A keyword as it is compared once its window was seen. */
struct hb_teddy_word {
  const uint8_t *bytes;
  uint32_t length;
  uint32_t window_end; /* bytes of it up to the end of its window */
  uint16_t index;      /* in the keyword list */
  uint16_t next;       /* the next word whose key has the same hash, or HB_TEDDY_NONE */
};

struct hb_teddy {
  /* exact[group][position in the window][low 7 bits of the byte]: the same for processors that can look up a whole byte */
  uint8_t exact[2][HB_TEDDY_WINDOW][128] __attribute__((aligned(64)));
  /* masks[group][position in the window][0 low, 1 high nibble][nibble]: which buckets of the group allow it */
  uint8_t masks[2][HB_TEDDY_WINDOW][2][16];
  uint64_t seen[(1u << HB_TEDDY_HASH_BITS) / 64]; /* hashes that occur: most candidates end here */
  uint16_t first[1u << HB_TEDDY_HASH_BITS];
  const struct hb_teddy_word *words;
  uint32_t count;
  uint32_t lengths; /* bits 0 to 3: there are keys of 1, 2, 3, 4 bytes */
};

/* Fills `exact` or `masks`. False when this list would make so many candidates that the automaton is faster, or when there is no
 * memory. The automaton is of the same list. */
bool hb_teddy_build(struct hb_teddy *teddy, bool exact, const struct hb_ac *ac, const struct hb_keywords *keywords);

/* As hb_ac_scan. Never reads outside the bytes. */
uint16_t hb_teddy_search_ssse3(const struct hb_teddy *teddy, const uint8_t *bytes, size_t size);
uint16_t hb_teddy_search_avx2(const struct hb_teddy *teddy, const uint8_t *bytes, size_t size);
uint16_t hb_teddy_search_avx512(const struct hb_teddy *teddy, const uint8_t *bytes, size_t size);

/* Where a key of `length` bytes (1 to 4), as a little-endian number, is looked up. */
static inline uint32_t hb_teddy_hash(uint32_t key, uint32_t length) {
  return ((key + (length << 30)) * 0x9e3779b1u) >> (32 - HB_TEDDY_HASH_BITS);
}

#endif
