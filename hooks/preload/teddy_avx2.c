/* 32 positions at a time. Only called on processors that have AVX2. */
#include "teddy.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define HB_TARGET __attribute__((target("avx2,bmi")))
#define HB_SEARCH hb_teddy_search_avx2
#define HB_WIDTH 32u
#define HB_VECTOR __m256i
#define HB_LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define HB_TABLE(p) _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(p)))
#define HB_LOOKUP(t, i) _mm256_shuffle_epi8(t, i)
#define HB_LOW(v) _mm256_and_si256(v, _mm256_set1_epi8(15))
#define HB_HIGH(v) _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15))
#define HB_AND(a, b) _mm256_and_si256(a, b)
#define HB_OR(a, b) _mm256_or_si256(a, b)
#define HB_NONZERO(v) (~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_setzero_si256())))
#define HB_LATER(v, n) _mm256_alignr_epi8(v, _mm256_permute2x128_si256(v, v, 0x08), 16 - (n))

#include "teddy_kernel.h"
#endif
