#include "stash.h"

#include <stdlib.h>
#include <string.h>

#define MOST_SOCKETS 64u

static struct stash {
  uint64_t cookie; /* 0: free */
  uint8_t *bytes;
  size_t size;
} stashes[MOST_SOCKETS];
static uint32_t used; /* almost always none, and then nothing is looked for */

static struct stash *of(uint64_t cookie) {
  for (uint32_t i = 0; i < MOST_SOCKETS; i++)
    if (stashes[i].cookie == cookie) return &stashes[i];
  return NULL;
}

size_t hb_stash_peek(uint64_t cookie, uint8_t *to, size_t size) {
  const struct stash *stash = used ? of(cookie) : NULL;
  if (!stash) return 0;
  if (size > stash->size) size = stash->size;
  memcpy(to, stash->bytes, size);
  return size;
}

void hb_stash_drop(uint64_t cookie, size_t size) {
  struct stash *stash = of(cookie);
  stash->size -= size;
  memmove(stash->bytes, stash->bytes + size, stash->size);
  if (stash->size > 0) return;
  free(stash->bytes);
  *stash = (struct stash){0};
  used--;
}

bool hb_stash_keep(uint64_t cookie, const uint8_t *bytes, size_t size) {
  struct stash *stash = of(cookie);
  bool fresh = !stash;
  if (fresh) stash = of(0);
  uint8_t *all = stash ? realloc(stash->bytes, stash->size + size) : NULL;
  if (!all) return false;
  memmove(all + size, all, stash->size);
  memcpy(all, bytes, size);
  *stash = (struct stash){cookie, all, stash->size + size};
  used += fresh;
  return true;
}
