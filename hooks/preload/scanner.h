/* The scanner a study asked for, and the one that runs: simd needs a processor and a keyword list that fit. The answers are the
 * same, to the last byte; only the time differs. */
#ifndef HOOKBENCH_PRELOAD_SCANNER_H
#define HOOKBENCH_PRELOAD_SCANNER_H

#include <stddef.h>
#include <stdint.h>

#include "../scan/ac.h"
#include "teddy.h"

struct hb_scanner {
  /* NULL: the automaton */
  uint16_t (*search)(const struct hb_teddy *teddy, const uint8_t *bytes, size_t size);
  struct hb_teddy teddy;
  struct hb_ac ac; /* always there: for simd it sees the calls whose bytes lie in several buffers */
  uint32_t level;  /* HB_LEVEL_* */
};

/* Builds what is needed for a wish: HB_SCANNER_AC or HB_SCANNER_SIMD, the latter with `most_level` as the highest level to be
 * used. Returns NULL, or what is wrong. The memory lives as long as the process. */
const char *hb_scanner_build(struct hb_scanner *scanner, const struct hb_keywords *keywords, uint32_t wish, uint32_t most_level);

/* The highest level this processor has. */
uint32_t hb_scanner_cpu_level(void);

static inline uint16_t hb_scanner_search(const struct hb_scanner *scanner, const uint8_t *bytes, size_t size) {
  return scanner->search ? scanner->search(&scanner->teddy, bytes, size) : hb_ac_scan(&scanner->ac, bytes, size);
}

#endif
