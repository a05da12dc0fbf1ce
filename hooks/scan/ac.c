/* Builds the automaton in three steps: a trie of the keywords, failure links resolved into every row (breadth first), and a
 * renumbering that puts the states which end a keyword last, so that the scan needs one compare to see a match. */
#define _GNU_SOURCE
#include "ac.h"

#include <string.h>
#include <sys/mman.h>

#define MOST_STATES 65536u

/* Work memory of one build. */
struct trie {
  uint16_t *next;    /* rows of 1 << shift */
  uint16_t *keyword; /* smallest keyword index that ends in the state, its failure chain included later */
  uint16_t *fail;
  uint16_t *order; /* states, breadth first */
  uint16_t *number; /* new number of each state */
  uint8_t *depth;   /* bytes from the start, at most HB_AC_SHALLOW + 1 */
  uint32_t states;
  uint32_t room; /* states there is memory for */
};

static void *grab(size_t bytes) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static void drop(void *memory, size_t bytes) {
  if (memory) munmap(memory, bytes);
}

/* Class 0 is for the bytes in no keyword, unless all 256 occur. */
static void make_classes(struct hb_ac *ac, const struct hb_keywords *keywords) {
  uint8_t occurs[256] = {0};
  size_t at = 0, length;
  const uint8_t *word;
  uint32_t distinct = 0;
  while (hb_keywords_next(keywords, &at, &word, &length))
    for (size_t i = 0; i < length; i++) occurs[word[i]] = 1;
  for (int byte = 0; byte < 256; byte++) distinct += occurs[byte];
  uint32_t classes = distinct == 256 ? 0 : 1;
  for (int byte = 0; byte < 256; byte++) ac->class_of[byte] = occurs[byte] ? (uint8_t)classes++ : 0;
  uint32_t shift = 1;
  while ((1u << shift) < classes) shift++;
  ac->shift = shift;
}

static const char *insert_all(struct trie *trie, const struct hb_ac *ac, const struct hb_keywords *keywords) {
  size_t at = 0, length;
  const uint8_t *word;
  trie->states = 1;
  trie->keyword[0] = HB_NO_KEYWORD;
  for (uint16_t index = 0; hb_keywords_next(keywords, &at, &word, &length); index++) {
    uint32_t state = 0;
    for (size_t i = 0; i < length; i++) {
      uint16_t *cell = &trie->next[((size_t)state << ac->shift) | ac->class_of[word[i]]];
      if (*cell == 0) {
        if (trie->states == trie->room) return "too many keywords for 65536 states";
        trie->keyword[trie->states] = HB_NO_KEYWORD;
        *cell = (uint16_t)trie->states++;
      }
      state = *cell;
    }
    if (index < trie->keyword[state]) trie->keyword[state] = index;
  }
  return NULL;
}

/* Fills every empty cell with where the longest proper suffix would go, and hands matches down the failure links. */
static void resolve_failures(struct trie *trie, uint32_t shift) {
  uint32_t row = 1u << shift, done = 0, found = 0;
  trie->order[found++] = 0;
  while (done < found) {
    uint32_t state = trie->order[done++];
    uint16_t *cells = &trie->next[(size_t)state << shift];
    const uint16_t *fallback = &trie->next[(size_t)trie->fail[state] << shift];
    for (uint32_t class = 0; class < row; class++) {
      uint16_t child = cells[class];
      if (child == 0) {
        if (state) cells[class] = fallback[class];
        continue;
      }
      uint16_t suffix = state ? fallback[class] : 0;
      trie->fail[child] = suffix;
      trie->depth[child] = (uint8_t)(trie->depth[state] + (trie->depth[state] <= HB_AC_SHALLOW));
      if (trie->keyword[suffix] < trie->keyword[child]) trie->keyword[child] = trie->keyword[suffix];
      trie->order[found++] = child;
    }
  }
}

/* Copies the rows under new numbers: first the states without a match, the least deep first, then those with one. */
static const char *renumber(struct hb_ac *ac, const struct trie *trie) {
  uint32_t states = trie->states, row = 1u << ac->shift, number = 0;
  size_t cell_bytes = ((size_t)states << ac->shift) * sizeof(uint16_t);
  size_t bytes = cell_bytes + states * sizeof(uint16_t);
  uint16_t *next = grab(bytes);
  if (!next) return "no memory";
  uint16_t *keyword = next + ((size_t)states << ac->shift);
  for (uint32_t i = 0; i < states; i++) {
    uint16_t s = trie->order[i];
    if (trie->keyword[s] != HB_NO_KEYWORD) continue;
    ac->shallow += trie->depth[s] <= HB_AC_SHALLOW;
    trie->number[s] = (uint16_t)number++;
  }
  ac->accepting = number;
  for (uint32_t s = 0; s < states; s++) {
    if (trie->keyword[s] == HB_NO_KEYWORD) continue;
    keyword[number - ac->accepting] = trie->keyword[s];
    trie->number[s] = (uint16_t)number++;
  }
  for (uint32_t s = 0; s < states; s++)
    for (uint32_t class = 0; class < row; class++)
      next[((size_t)trie->number[s] << ac->shift) | class] = trie->number[trie->next[((size_t)s << ac->shift) | class]];
  mprotect(next, bytes, PROT_READ);
  ac->next = next;
  ac->keyword = keyword;
  ac->states = states;
  return NULL;
}

const char *hb_ac_build(struct hb_ac *ac, const struct hb_keywords *keywords) {
  memset(ac, 0, sizeof *ac);
  make_classes(ac, keywords);
  hb_pairs_build(ac->pairs, keywords);
  struct trie trie = {0};
  /* Never more states than bytes in the file, plus the start. */
  trie.room = keywords->size + 1 < MOST_STATES ? (uint32_t)keywords->size + 1 : MOST_STATES;
  size_t column = trie.room * sizeof(uint16_t), cells = column << ac->shift;
  trie.next = grab(cells);
  trie.keyword = grab(column);
  trie.fail = grab(column);
  trie.order = grab(column);
  trie.number = grab(column);
  trie.depth = grab(trie.room);
  const char *problem = "no memory";
  if (trie.next && trie.keyword && trie.fail && trie.order && trie.number && trie.depth) problem = insert_all(&trie, ac, keywords);
  if (!problem) {
    resolve_failures(&trie, ac->shift);
    problem = renumber(ac, &trie);
  }
  drop(trie.next, cells);
  drop(trie.keyword, column);
  drop(trie.fail, column);
  drop(trie.order, column);
  drop(trie.number, column);
  drop(trie.depth, trie.room);
  return problem;
}
