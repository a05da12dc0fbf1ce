/* Sorting keywords into buckets. What counts is how often ordinary bytes pass for one of them: each keyword, those that are
 * hardest to place first, goes to the bucket, and by the window in it, that raises this the least. */
#define _GNU_SOURCE
#include "teddy.h"

#include <string.h>
#include <sys/mman.h>

#include "../abi/record.h"

/* More than this many candidates in ordinary bytes, and the automaton, at some 5 cycles a byte, is faster. */
#define MOST_CANDIDATES 0.12
#define MOST_WORDS 2048u
#define MOST_WINDOWS 24u /* tried of one keyword, from its start */

/* What requests are made of, for the frequency of bytes. Others only make more candidates, not other answers. */
static const char ordinary[] =
    "POST /api/v2/users/search?page=3&sort=name HTTP/1.1\r\nHost: shop.example.com:8080\r\nUser-Agent: Mozilla/5.0 (X11; Linux "
    "x86_64)\r\nAccept: text/html,application/xml;q=0.9,*/*;q=0.8\r\nContent-Type: application/json\r\nContent-Length: 120\r\n"
    "Cookie: session=9f8a7b6c5d4e3f21; theme=dark\r\nReferer: https://shop.example.com/list/items\r\nConnection: keep-alive\r\n"
    "\r\n{\"user\":\"maria\",\"text\":\"the quick brown fox jumps over the lazy dog and returns\"}";

/* What a bucket allows at each place of the window, and how often ordinary bytes pass. */
struct bucket {
  uint16_t low[HB_TEDDY_WINDOW], high[HB_TEDDY_WINDOW]; /* nibbles */
  uint64_t bytes[HB_TEDDY_WINDOW][2];                   /* low 7 bits */
  double passes[HB_TEDDY_WINDOW];
};

struct build {
  bool exact; /* lookups are by `bytes`, otherwise by nibbles */
  double frequency[256];
  struct bucket buckets[HB_TEDDY_BUCKETS];
  struct hb_teddy_word *words;
  double hardest[MOST_WORDS]; /* of each word, how often the best of its windows occurs */
  uint16_t order[MOST_WORDS];
};

static void count_frequencies(struct build *build) {
  const double all = 256 * 0.1 + sizeof ordinary - 1;
  for (int byte = 0; byte < 256; byte++) build->frequency[byte] = 0.1 / all;
  for (const char *byte = ordinary; *byte; byte++) build->frequency[(uint8_t)*byte] += 1 / all;
}

static bool passes(const struct build *build, const struct bucket *bucket, uint32_t at, uint8_t byte) {
  if (build->exact) return bucket->bytes[at][byte / 64 % 2] >> (byte % 64) & 1;
  return (bucket->low[at] >> (byte & 15) & 1) && (bucket->high[at] >> (byte >> 4) & 1);
}

/* Adds a byte, and to `passes` what passes only now: by nibbles that is more than the byte. */
static void allow(const struct build *build, struct bucket *bucket, uint32_t at, uint8_t byte) {
  const double *frequency = build->frequency;
  uint32_t low = byte & 15, high = byte >> 4;
  if (build->exact) {
    bucket->bytes[at][byte / 64 % 2] |= (uint64_t)1 << (byte % 64);
    bucket->passes[at] += frequency[byte] + frequency[byte ^ 128];
    return;
  }
  bool new_low = !(bucket->low[at] >> low & 1), new_high = !(bucket->high[at] >> high & 1);
  for (uint32_t other = 0; other < 16; other++)
    if (new_high && (bucket->low[at] >> other & 1)) bucket->passes[at] += frequency[high << 4 | other];
  bucket->high[at] |= (uint16_t)(1u << high);
  for (uint32_t other = 0; other < 16; other++)
    if (new_low && (bucket->high[at] >> other & 1)) bucket->passes[at] += frequency[other << 4 | low];
  bucket->low[at] |= (uint16_t)(1u << low);
}

static void allow_all(struct bucket *bucket, uint32_t at) {
  bucket->bytes[at][0] = bucket->bytes[at][1] = UINT64_MAX;
  bucket->low[at] = bucket->high[at] = UINT16_MAX;
  bucket->passes[at] = 1;
}

static double all_pass(const struct bucket *bucket) { return bucket->passes[0] * bucket->passes[1] * bucket->passes[2]; }

/* The bucket with one more window in it, that of `word` which ends after `end` bytes. Places in front of a short keyword are
 * anything. */
static struct bucket with(const struct build *build, const struct bucket *bucket, const struct hb_teddy_word *word, uint32_t end) {
  struct bucket more = *bucket;
  for (uint32_t at = 0; at < HB_TEDDY_WINDOW; at++) {
    if (end + at >= HB_TEDDY_WINDOW) {
      uint8_t byte = word->bytes[end + at - HB_TEDDY_WINDOW];
      if (!passes(build, &more, at, byte)) allow(build, &more, at, byte);
    } else {
      allow_all(&more, at);
    }
  }
  return more;
}

/* Windows end no earlier than the key is long. */
static uint32_t key_length(const struct hb_teddy_word *word) {
  return word->length < HB_TEDDY_KEY ? word->length : HB_TEDDY_KEY;
}

static uint32_t last_window(const struct hb_teddy_word *word) {
  return word->length < MOST_WINDOWS ? word->length : MOST_WINDOWS;
}

static double rarest_window(const struct build *build, const struct hb_teddy_word *word) {
  const struct bucket empty = {0};
  double rarest = 1;
  for (uint32_t end = key_length(word); end <= last_window(word); end++) {
    struct bucket alone = with(build, &empty, word, end);
    if (all_pass(&alone) < rarest) rarest = all_pass(&alone);
  }
  return rarest;
}

static void place(struct build *build, struct hb_teddy_word *word) {
  double least = 2;
  struct bucket best = {0}, *where = NULL;
  for (uint32_t i = 0; i < HB_TEDDY_BUCKETS; i++) {
    for (uint32_t end = key_length(word); end <= last_window(word); end++) {
      struct bucket more = with(build, &build->buckets[i], word, end);
      double raised = all_pass(&more) - all_pass(&build->buckets[i]);
      if (raised >= least) continue;
      least = raised;
      best = more;
      where = &build->buckets[i];
      word->window_end = end;
    }
  }
  if (where) *where = best;
}

/* Keeps `order` sorted, the hardest first. */
static void insert(struct build *build, uint32_t count) {
  uint32_t at = count;
  for (; at > 0 && build->hardest[build->order[at - 1]] < build->hardest[count]; at--) build->order[at] = build->order[at - 1];
  build->order[at] = (uint16_t)count;
}

/* Those that can be the answer: the automaton finds in a keyword itself, or one that ends earlier, or the same bytes under a
 * smaller index. Returns how many, or 0 if they are too many. */
static uint32_t collect(struct build *build, uint8_t *text, const struct hb_ac *ac, const struct hb_keywords *keywords) {
  size_t at = 0, length;
  const uint8_t *word;
  uint32_t count = 0;
  for (uint16_t index = 0; hb_keywords_next(keywords, &at, &word, &length); index++) {
    if (hb_ac_scan(ac, word, length) != index) continue;
    if (count == MOST_WORDS) return 0;
    memcpy(text, word, length);
    build->words[count] = (struct hb_teddy_word){.bytes = text, .length = (uint32_t)length, .index = index};
    build->hardest[count] = rarest_window(build, &build->words[count]);
    insert(build, count);
    text += length;
    count++;
  }
  return count;
}

static void fill_masks(struct hb_teddy *teddy, const struct bucket *bucket, uint32_t group, uint8_t bit) {
  for (uint32_t at = 0; at < HB_TEDDY_WINDOW; at++) {
    for (uint32_t nibble = 0; nibble < 16; nibble++) {
      if (bucket->low[at] >> nibble & 1) teddy->masks[group][at][0][nibble] |= bit;
      if (bucket->high[at] >> nibble & 1) teddy->masks[group][at][1][nibble] |= bit;
    }
    for (uint32_t byte = 0; byte < 128; byte++)
      if (bucket->bytes[at][byte / 64] >> (byte % 64) & 1) teddy->exact[group][at][byte] |= bit;
  }
}

static void fill_hashes(struct hb_teddy *teddy, struct hb_teddy_word *words) {
  memset(teddy->first, 0xff, sizeof teddy->first);
  for (uint32_t i = teddy->count; i-- > 0;) {
    struct hb_teddy_word *word = &words[i];
    uint32_t length = key_length(word), key = 0;
    for (uint32_t at = 0; at < length; at++) key |= (uint32_t)word->bytes[word->window_end - length + at] << (8 * at);
    uint32_t hash = hb_teddy_hash(key, length);
    word->next = teddy->first[hash];
    teddy->first[hash] = (uint16_t)i;
    teddy->seen[hash / 64] |= (uint64_t)1 << (hash % 64);
    teddy->lengths |= 1u << (length - 1);
  }
}

static void *grab(size_t bytes) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static bool fits(struct hb_teddy *teddy, struct build *build, const struct hb_ac *ac, const struct hb_keywords *keywords) {
  count_frequencies(build);
  uint32_t count = collect(build, (uint8_t *)(build->words + MOST_WORDS), ac, keywords);
  for (uint32_t i = 0; i < count; i++) place(build, &build->words[build->order[i]]);
  double candidates = 0;
  for (uint32_t i = 0; i < HB_TEDDY_BUCKETS; i++) candidates += all_pass(&build->buckets[i]);
  if (count == 0 || candidates > MOST_CANDIDATES) return false;
  teddy->words = build->words;
  teddy->count = count;
  for (uint32_t i = 0; i < HB_TEDDY_BUCKETS; i++) fill_masks(teddy, &build->buckets[i], i / 8, (uint8_t)(1u << (i % 8)));
  fill_hashes(teddy, build->words);
  return true;
}

bool hb_teddy_build(struct hb_teddy *teddy, bool exact, const struct hb_ac *ac, const struct hb_keywords *keywords) {
  memset(teddy, 0, sizeof *teddy);
  size_t bytes = MOST_WORDS * sizeof(struct hb_teddy_word) + keywords->size;
  struct build *build = grab(sizeof *build);
  bool fit = false;
  if (build && (build->words = grab(bytes))) {
    build->exact = exact;
    fit = fits(teddy, build, ac, keywords);
    if (fit)
      mprotect(build->words, bytes, PROT_READ);
    else
      munmap(build->words, bytes);
  }
  if (build) munmap(build, sizeof *build);
  return fit;
}
