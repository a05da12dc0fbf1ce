/* The keyword file: one keyword a line, bytes taken as they are (a CR belongs to its keyword), empty lines left out. */
#ifndef HOOKBENCH_SCAN_KEYWORDS_H
#define HOOKBENCH_SCAN_KEYWORDS_H

#include <stddef.h>
#include <stdint.h>

struct hb_keywords {
  const uint8_t *text; /* the whole file */
  size_t size;
  uint32_t count; /* keywords in it */
};

/* Reads the file. Returns NULL, or what is wrong with it. */
const char *hb_keywords_load(struct hb_keywords *keywords, const char *path);
void hb_keywords_free(struct hb_keywords *keywords);

/* Steps through the keywords: *at starts at 0. Returns 0 at the end, else 1 with the next keyword. */
int hb_keywords_next(const struct hb_keywords *keywords, size_t *at, const uint8_t **word, size_t *length);

#endif
