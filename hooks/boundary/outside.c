#define _GNU_SOURCE
#include "outside.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../preload/env.h"
#include "../preload/options.h"

struct hb_outside hb_outside;

uint64_t hb_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool refuse(const char *program, const char *what, const char *problem) {
  fprintf(stderr, "%s: %s: %s\n", program, what, problem);
  return false;
}

static const char *load_keywords(const char *path) {
  struct hb_keywords keywords;
  const char *problem = path ? hb_keywords_load(&keywords, path) : "not set";
  if (problem) return problem;
  problem = hb_ac_build(&hb_outside.ac, &keywords);
  hb_outside.keywords = keywords.count;
  hb_keywords_free(&keywords);
  return problem;
}

static const char *choose_action(const char *name) {
  static const char *const names[] = {"observe", "trace", "block"};
  for (uint32_t action = 0; name && action < 3; action++) {
    if (strcmp(name, names[action]) != 0) continue;
    hb_outside.action = action;
    return NULL;
  }
  return "not one of observe, trace, block";
}

bool hb_outside_start(const char *program) {
  struct hb_options options;
  struct hb_refusal refusal;
  const char *problem;
  if (!hb_options_read(&options, &refusal)) return refuse(program, refusal.variable, refusal.problem);
  if ((problem = load_keywords(hb_env("HOOKBENCH_KEYWORDS")))) return refuse(program, "HOOKBENCH_KEYWORDS", problem);
  if ((problem = choose_action(hb_env("HOOKBENCH_ACTION")))) return refuse(program, "HOOKBENCH_ACTION", problem);
  hb_outside.functions = options.functions;
  hb_outside.block_errno = options.block_errno;
  return true;
}

void hb_outside_announce(struct hb_ring_file *file, uint32_t pid) {
  struct hb_ring_header *header = file->header;
  header->pid = pid;
  header->keywords = hb_outside.keywords;
  header->scanner = HB_SCANNER_AC;
  header->scanner_level = HB_LEVEL_AC;
  header->functions = hb_outside.functions;
  header->clock = HB_CLOCK_VDSO;
  header->block_errno = hb_outside.action == HB_ACTION_BLOCK ? (uint32_t)hb_outside.block_errno : 0;
  __atomic_store_n(&header->attached, 1, __ATOMIC_RELEASE);
}

void hb_outside_record(struct hb_ring_file *file, const struct hb_seen *seen) {
  uint64_t took = (seen->end_ns ? seen->end_ns : hb_now_ns()) - seen->start_ns;
  bool hit = seen->keyword != HB_NO_KEYWORD, blocked = hb_outside_blocks(seen->keyword);
  struct hb_record record = {
      .t_ns = seen->start_ns,
      .latency_ns = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took,
      .pid = seen->pid,
      .tid = seen->tid,
      .fd = seen->fd,
      .bytes = seen->bytes,
      .keyword = seen->keyword,
      .flags = (uint8_t)((hit ? HB_FLAG_HIT : 0) | (blocked ? HB_FLAG_BLOCKED : 0)),
      .abi = HB_ABI_VERSION,
  };
  hb_ring_file_put(file, &record);
}

void hb_outside_take_back(struct hb_ring_file *file, const struct hb_seen *seen) {
  struct hb_ring *ring = file->ring;
  ring->reads--;
  ring->bytes -= (uint32_t)seen->bytes;
  ring->hits -= seen->keyword != HB_NO_KEYWORD;
  ring->blocked -= hb_outside_blocks(seen->keyword);
  __atomic_store_n(&ring->head, ring->head - 1, __ATOMIC_RELEASE);
}
