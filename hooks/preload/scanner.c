#include "scanner.h"

#include <string.h>

#include "../abi/record.h"

uint32_t hb_scanner_cpu_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init(); /* we may run before libgcc's own constructor */
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi")) return HB_LEVEL_AVX512;
  if (__builtin_cpu_supports("avx2")) return HB_LEVEL_AVX2;
  if (__builtin_cpu_supports("ssse3")) return HB_LEVEL_SSSE3;
#endif
  return HB_LEVEL_AC;
}

const char *hb_scanner_build(struct hb_scanner *scanner, const struct hb_keywords *keywords, uint32_t wish, uint32_t most_level) {
  memset(scanner, 0, sizeof *scanner);
  scanner->level = HB_LEVEL_AC;
  const char *problem = hb_ac_build(&scanner->ac, keywords);
  if (problem || wish != HB_SCANNER_SIMD) return problem;
  uint32_t level = hb_scanner_cpu_level();
  if (level > most_level) level = most_level;
#if defined(__x86_64__)
  static uint16_t (*const searches[])(const struct hb_teddy *, const uint8_t *, size_t) = {
      [HB_LEVEL_SSSE3] = hb_teddy_search_ssse3,
      [HB_LEVEL_AVX2] = hb_teddy_search_avx2,
      [HB_LEVEL_AVX512] = hb_teddy_search_avx512,
  };
  if (level == HB_LEVEL_AC || !hb_teddy_build(&scanner->teddy, level == HB_LEVEL_AVX512, &scanner->ac, keywords)) return NULL;
  scanner->search = searches[level];
  scanner->level = level;
#endif
  return NULL;
}
