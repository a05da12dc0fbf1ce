#define _GNU_SOURCE
#include "tables.h"

#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "../../scan/keywords.h"

const char *hb_tables_make(struct hb_tables *tables, const char *path) {
  struct hb_keywords keywords;
  const char *problem = hb_keywords_load(&keywords, path);
  if (!problem) problem = hb_ac_build(&tables->ac, &keywords);
  tables->keywords = keywords.count;
  hb_keywords_free(&keywords);
  tables->cells = 1;
  while (!problem && tables->cells < (tables->ac.states << tables->ac.shift)) tables->cells *= 2;
  return problem;
}

/* A multiplier with which no two processes share a place; found at once, as there are 16 times more places than processes at most. */
static int place_targets(struct hb_bpf_config *config, const struct hb_options *options) {
  uint32_t multiplier = 0x9e3779b1u;
  for (int tries = 0; tries < 100000; tries++, multiplier = multiplier * 1664525u + 1013904223u) {
    uint32_t placed = 0;
    memset(config->places, 0, sizeof config->places);
    for (; placed < options->watched_count; placed++) {
      uint32_t tgid = (uint32_t)options->watched[placed].pid;
      struct hb_bpf_place *place = &config->places[HB_BPF_PLACE(tgid, multiplier)];
      if (place->tgid) break;
      *place = (struct hb_bpf_place){.tgid = tgid, .target = placed};
    }
    config->multiplier = multiplier;
    if (placed == options->watched_count) return 1;
  }
  return 0;
}

const char *hb_tables_prepare(const struct hb_tables *tables, struct bpf_object *object, const struct hb_options *options) {
  struct bpf_map *targets = bpf_object__find_map_by_name(object, "targets");
  struct bpf_map *automaton = bpf_object__find_map_by_name(object, "automaton");
  struct bpf_map *words = bpf_object__find_map_by_name(object, "words"), *map, *fixed = NULL;
  bpf_object__for_each_map(map, object) {
    const char *name = bpf_map__name(map), *dot = strrchr(name, '.');
    if (dot && strcmp(dot, ".rodata") == 0) fixed = map;
  }
  size_t size = 0;
  struct hb_bpf_config *config = fixed ? (struct hb_bpf_config *)bpf_map__initial_value(fixed, &size) : NULL;
  if (!targets || !automaton || !words || !config || size < sizeof *config) return "the program is not of this build";
  const struct hb_ac *ac = &tables->ac;
  config->level = options->level;
  config->functions = options->functions;
  config->blocks = (uint32_t)options->blocks;
  config->shift = ac->shift;
  config->accepting = ac->accepting;
  config->shallow = ac->shallow;
  config->next_mask = tables->cells - 1;
  memcpy(config->class_of, ac->class_of, sizeof config->class_of);
  memcpy(config->pairs, ac->pairs, sizeof config->pairs);
  if (!place_targets(config, options)) return "no places for these process ids";
  if (bpf_map__set_max_entries(targets, options->watched_count) != 0 ||
      bpf_map__set_value_size(automaton, tables->cells * (uint32_t)sizeof(uint16_t)) != 0 ||
      bpf_map__set_max_entries(words, ac->states - ac->accepting) != 0)
    return "the maps can't be sized";
  return NULL;
}

const char *hb_tables_fill(const struct hb_tables *tables, struct bpf_object *object) {
  const struct hb_ac *ac = &tables->ac;
  int automaton = bpf_object__find_map_fd_by_name(object, "automaton"), words = bpf_object__find_map_fd_by_name(object, "words");
  uint16_t *cells = calloc(tables->cells, sizeof *cells);
  if (!cells) return "no memory";
  memcpy(cells, ac->next, ((size_t)ac->states << ac->shift) * sizeof *cells);
  uint32_t zero = 0;
  int failed = bpf_map_update_elem(automaton, &zero, cells, BPF_ANY);
  free(cells);
  for (uint32_t i = 0; !failed && i < ac->states - ac->accepting; i++) failed = bpf_map_update_elem(words, &i, &ac->keyword[i], BPF_ANY);
  return failed ? "the keywords can't be handed to the kernel" : NULL;
}
