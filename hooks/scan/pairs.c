#include "pairs.h"

#include "keywords.h"

/* Keywords of 4 bytes and more share the first groups by their first two bytes: keywords that begin alike admit few pairs together.
 * The shorter ones have a group for even positions and one for odd ones. */
#define LONG_GROUPS 6u
#define SHORT_EVEN 6u
#define SHORT_ODD 7u
#define ANY (-1)

enum place { FIRST = 0, NEXT = 8 };

/* Adds all pairs that these two bytes, or one, or none, leave open. */
static void admit(uint16_t *pairs, uint32_t group, enum place place, int left, int right) {
  for (int a = left == ANY ? 0 : left; a <= (left == ANY ? 255 : left); a++)
    for (int b = right == ANY ? 0 : right; b <= (right == ANY ? 255 : right); b++)
      pairs[HB_PAIR_SLOT((uint32_t)a | (uint32_t)b << 8)] |= (uint16_t)(1u << (group + place));
}

/* At an even position the pairs are those at 0 and 2; at an odd one the pair at 0 is not seen, those at 1 and 3 are. */
static void admit_long(uint16_t *pairs, const uint8_t *word, size_t length) {
  uint32_t group = (word[0] * 31u + word[1]) % LONG_GROUPS;
  admit(pairs, group, FIRST, word[0], word[1]);
  admit(pairs, group, NEXT, word[2], word[3]);
  admit(pairs, group, FIRST, word[1], word[2]);
  admit(pairs, group, NEXT, word[3], length > 4 ? word[4] : ANY);
}

/* At an odd position the pair that begins one byte before the keyword is the first one. */
static void admit_short(uint16_t *pairs, const uint8_t *word, size_t length) {
  int second = length > 1 ? word[1] : ANY, third = length > 2 ? word[2] : ANY;
  admit(pairs, SHORT_EVEN, FIRST, word[0], second);
  admit(pairs, SHORT_EVEN, NEXT, third, ANY);
  admit(pairs, SHORT_ODD, FIRST, ANY, word[0]);
  admit(pairs, SHORT_ODD, NEXT, second, third);
}

void hb_pairs_build(uint16_t pairs[HB_PAIRS], const struct hb_keywords *keywords) {
  size_t at = 0, length;
  const uint8_t *word;
  memset(pairs, 0, HB_PAIRS * sizeof *pairs);
  while (hb_keywords_next(keywords, &at, &word, &length)) {
    if (length >= 4)
      admit_long(pairs, word, length);
    else
      admit_short(pairs, word, length);
  }
}
