#define _GNU_SOURCE
#include "hook.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "../preload/clock.h"
#include "../preload/env.h"
#include "../preload/real.h"
#include "../preload/ring.h"
#include "../preload/ring_claim.h"
#include "../scan/keywords.h"

struct hb_node_hook hb_node_hook;
/* ring_file.c closes the ring's descriptor by this name, past the preload library's own close. */
struct hb_real hb_real = {.close = close};

static struct hb_refusal refusal;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void refuse(const char *variable, const char *problem) {
  refusal = (struct hb_refusal){variable, hb_env(variable), problem};
}

static const char *load_keywords(void) {
  const char *path = hb_env("HOOKBENCH_KEYWORDS");
  struct hb_keywords keywords;
  const char *problem = path ? hb_keywords_load(&keywords, path) : "not set";
  if (problem) return problem;
  problem = hb_ac_build(&hb_node_hook.ac, &keywords);
  hb_node_hook.keywords = keywords.count;
  hb_keywords_free(&keywords);
  return problem;
}

/* The header says what the agent planned; a hook that does something else would be measured as what it is not. */
static const char *check_action(void) {
  static const char *const names[] = {[HB_ACTION_OBSERVE] = "observe", [HB_ACTION_TRACE] = "trace", [HB_ACTION_BLOCK] = "block"};
  const char *asked = hb_env("HOOKBENCH_ACTION");
  uint32_t planned = hb_ring_file.header->action;
  if (planned >= sizeof names / sizeof *names) return "the ring file has an unknown action";
  if (asked && strcmp(asked, names[planned]) != 0) return "differs from the action in the ring file";
  hb_node_hook.action = planned;
  return NULL;
}

/* `attached` comes last: it says that all the rest is true. */
static void announce(const struct hb_options *options) {
  struct hb_ring_header *header = hb_ring_file.header;
  hb_node_hook.block_errno = options->block_errno;
  header->pid = hb_process->pid;
  header->keywords = hb_node_hook.keywords;
  header->scanner = HB_SCANNER_AC;
  header->scanner_level = HB_LEVEL_AC;
  header->functions = options->functions;
  header->clock = HB_CLOCK_VDSO;
  header->block_errno = hb_node_hook.action == HB_ACTION_BLOCK ? (uint32_t)options->block_errno : 0;
  __atomic_store_n(&header->attached, 1, __ATOMIC_RELEASE);
}

static const char *map_ring(void) {
  const char *path = hb_env("HOOKBENCH_RING");
  return path ? hb_ring_open(path) : "not set";
}

static void attach(void) {
  struct hb_options options;
  const char *problem;
  if (!hb_options_read(&options, &refusal)) return;
  if ((problem = load_keywords())) return refuse("HOOKBENCH_KEYWORDS", problem);
  if ((problem = map_ring())) return refuse("HOOKBENCH_RING", problem);
  if ((problem = check_action()) || (!hb_process_start() && (problem = "no memory"))) {
    hb_ring_close();
    return refuse("HOOKBENCH_ACTION", problem);
  }
  hb_ring_claim_start();
  announce(&options);
}

const struct hb_refusal *hb_node_attach(void) {
  pthread_once(&once, attach);
  return refusal.problem ? &refusal : NULL;
}

void hb_node_ready(void) {
  hb_ring_ready();
  hb_ring_prefetch();
}

uint64_t hb_node_now_ns(void) { return hb_clock_vdso_ns(); }

void hb_node_record(uint64_t started_ns, int32_t fd, size_t bytes, uint16_t keyword) {
  int hit = keyword != HB_NO_KEYWORD, blocked = hit && hb_node_hook.action == HB_ACTION_BLOCK;
  __asm__ volatile("" ::"r"(keyword) : "memory"); /* the clock is not to be read before the scan has ended */
  uint64_t took = hb_clock_vdso_ns() - started_ns;
  struct hb_record record = {
      .t_ns = started_ns,
      .latency_ns = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took,
      .fd = fd,
      .bytes = bytes > INT32_MAX ? INT32_MAX : (int32_t)bytes,
      .keyword = keyword,
      .flags = (uint8_t)((hit ? HB_FLAG_HIT : 0) | (blocked ? HB_FLAG_BLOCKED : 0)),
  };
  hb_ring_write(&record);
}

void hb_node_empty(int failed) {
  hb_ring_ready();
  hb_ring_note_empty(failed ? -1 : 0);
}

void hb_node_untracked(void) { __atomic_fetch_add(&hb_ring_file.header->untracked_fds, 1, __ATOMIC_RELAXED); }
