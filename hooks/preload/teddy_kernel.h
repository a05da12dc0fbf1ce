/* The search, for one width of vectors. Included once for each by a file that first defines HB_VECTOR (the type), HB_WIDTH
 * (its bytes), HB_TARGET (the attribute that allows its instructions), HB_SEARCH (the function's name) and the operations:
 *   HB_LOAD(p)          unaligned load            HB_TABLE(p)        16 bytes, in every lane
 *   HB_LOOKUP(t, i)     byte shuffle              HB_LOW(v) HB_HIGH(v)  nibbles of each byte
 *   HB_AND(a, b) HB_OR(a, b)                      HB_NONZERO(v)      a bit for each byte that is not 0
 *   HB_LATER(v, n)      n zero bytes shifted in front
 */
#include "teddy_candidate.h"

/* Which of the positions are candidates: bit i for the position of byte i of `last`. `before` and `before2` hold the bytes one
 * and two places in front. */
HB_TARGET static inline uint32_t candidates(const struct hb_teddy *teddy, HB_VECTOR before2, HB_VECTOR before, HB_VECTOR last) {
  const HB_VECTOR low[] = {HB_LOW(before2), HB_LOW(before), HB_LOW(last)};
  const HB_VECTOR high[] = {HB_HIGH(before2), HB_HIGH(before), HB_HIGH(last)};
  HB_VECTOR allowed[2];
  for (int group = 0; group < 2; group++) {
    const uint8_t(*masks)[2][16] = teddy->masks[group];
    HB_VECTOR fit = HB_AND(HB_LOOKUP(HB_TABLE(masks[0][0]), low[0]), HB_LOOKUP(HB_TABLE(masks[0][1]), high[0]));
    for (int at = 1; at < 3; at++)
      fit = HB_AND(fit, HB_AND(HB_LOOKUP(HB_TABLE(masks[at][0]), low[at]), HB_LOOKUP(HB_TABLE(masks[at][1]), high[at])));
    allowed[group] = fit;
  }
  return HB_NONZERO(HB_OR(allowed[0], allowed[1]));
}

/* The three vectors of the positions from p on. Reads two bytes in front of p. */
HB_TARGET static inline uint32_t candidates_at(const struct hb_teddy *teddy, const uint8_t *p) {
  return candidates(teddy, HB_LOAD(p - 2), HB_LOAD(p - 1), HB_LOAD(p));
}

/* Fewer bytes than the loads below need: from a copy, so that nothing outside is read. */
HB_TARGET static uint16_t search_short(const struct hb_teddy *teddy, const uint8_t *bytes, size_t size) {
  struct hb_teddy_best best = {SIZE_MAX, HB_NO_KEYWORD};
  uint8_t copy[2 + 2 * HB_WIDTH] = {0};
  memcpy(copy + 2, bytes, size);
  for (size_t from = 0; from < size && from < best.end; from += HB_WIDTH) {
    uint32_t found = candidates_at(teddy, copy + 2 + from);
    if (size - from < HB_WIDTH) found &= (1u << (size - from)) - 1;
    hb_teddy_try_all(teddy, found, bytes, size, from, &best);
  }
  return best.index;
}

/* The positions in order, a vector at a time; the last vector overlaps the one before. A window that ends after the best match
 * so far has ended belongs to a keyword that ends later still. */
HB_TARGET uint16_t HB_SEARCH(const struct hb_teddy *teddy, const uint8_t *bytes, size_t size) {
  if (__builtin_expect(size < HB_WIDTH + 2, 0)) return search_short(teddy, bytes, size);
  struct hb_teddy_best best = {SIZE_MAX, HB_NO_KEYWORD};
  const HB_VECTOR head = HB_LOAD(bytes);
  hb_teddy_try_all(teddy, candidates(teddy, HB_LATER(head, 2), HB_LATER(head, 1), head), bytes, size, 0, &best);
  size_t from = HB_WIDTH;
  for (; from + HB_WIDTH <= size && from < best.end; from += HB_WIDTH) {
    uint32_t found = candidates_at(teddy, bytes + from);
    if (__builtin_expect(found, 0)) hb_teddy_try_all(teddy, found, bytes, size, from, &best);
  }
  if (from < size && from < best.end) {
    size_t last = size - HB_WIDTH;
    uint32_t found = candidates_at(teddy, bytes + last);
    hb_teddy_try_all(teddy, found >> (from - last) << (from - last), bytes, size, last, &best);
  }
  return best.index;
}
