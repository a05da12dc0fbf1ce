/* 64 positions at a time, by exact tables. Loads are masked, and a masked byte is not read, so the ends need no copy. Only called
 * on processors that have AVX-512 BW and VBMI. */
#include "teddy_candidate.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define HB_TARGET __attribute__((target("avx512f,avx512bw,avx512vbmi,bmi")))

HB_TARGET static inline __m512i lookup(const uint8_t *table, __m512i bytes) {
  return _mm512_permutex2var_epi8(_mm512_load_si512(table), bytes, _mm512_load_si512(table + 64));
}

/* Which buckets of the group fit each position. */
HB_TARGET static inline __m512i fit(const uint8_t (*tables)[128], __m512i before2, __m512i before, __m512i last) {
  __m512i two = _mm512_and_si512(lookup(tables[0], before2), lookup(tables[1], before));
  return _mm512_and_si512(two, lookup(tables[2], last));
}

/* A window that ends after the best match so far has ended belongs to a keyword that ends later still. */
HB_TARGET uint16_t hb_teddy_search_avx512(const struct hb_teddy *teddy, const uint8_t *bytes, size_t size) {
  struct hb_teddy_best best = {SIZE_MAX, HB_NO_KEYWORD};
  uint64_t has1 = ~(uint64_t)1, has2 = ~(uint64_t)3; /* positions with one and two bytes in front of them */
  for (size_t from = 0; from < size && from < best.end; from += 64) {
    __mmask64 here = size - from >= 64 ? UINT64_MAX : ((uint64_t)1 << (size - from)) - 1;
    __m512i last = _mm512_maskz_loadu_epi8(here, bytes + from);
    __m512i before = _mm512_maskz_loadu_epi8(here & has1, bytes + from - 1);
    __m512i before2 = _mm512_maskz_loadu_epi8(here & has2, bytes + from - 2);
    __m512i fits = _mm512_or_si512(fit(teddy->exact[0], before2, before, last), fit(teddy->exact[1], before2, before, last));
    hb_teddy_try_all(teddy, _mm512_mask_test_epi8_mask(here, fits, fits), bytes, size, from, &best);
    has1 = has2 = UINT64_MAX;
  }
  return best.index;
}
#endif
