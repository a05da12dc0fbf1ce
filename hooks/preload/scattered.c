#include "scattered.h"

#include <string.h>

#include "../scan/ac_walk.h"

static inline size_t of_part(const struct iovec *part, size_t left) { return part->iov_len < left ? part->iov_len : left; }

uint16_t hb_scattered_scan(const struct hb_ac *ac, const struct iovec *parts, size_t bytes) {
  uint32_t state = 0;
  for (size_t size; bytes > 0; bytes -= size, parts++) {
    size = of_part(parts, bytes);
    uint16_t keyword = hb_ac_walk(ac, &state, parts->iov_base, size);
    if (keyword != HB_NO_KEYWORD) return keyword;
  }
  return HB_NO_KEYWORD;
}

void hb_scattered_zero(const struct iovec *parts, size_t bytes) {
  for (size_t size; bytes > 0; bytes -= size, parts++) {
    size = of_part(parts, bytes);
    if (size > 0) memset(parts->iov_base, 0, size);
  }
}
