/* 16 positions at a time. Only called on processors that have SSSE3. */
#include "teddy.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define HB_TARGET __attribute__((target("ssse3")))
#define HB_SEARCH hb_teddy_search_ssse3
#define HB_WIDTH 16u
#define HB_VECTOR __m128i
#define HB_LOAD(p) _mm_loadu_si128((const __m128i *)(p))
#define HB_TABLE(p) _mm_loadu_si128((const __m128i *)(p))
#define HB_LOOKUP(t, i) _mm_shuffle_epi8(t, i)
#define HB_LOW(v) _mm_and_si128(v, _mm_set1_epi8(15))
#define HB_HIGH(v) _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(15))
#define HB_AND(a, b) _mm_and_si128(a, b)
#define HB_OR(a, b) _mm_or_si128(a, b)
#define HB_NONZERO(v) (0xffffu & ~(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())))
#define HB_LATER(v, n) _mm_slli_si128(v, n)

#include "teddy_kernel.h"
#endif
