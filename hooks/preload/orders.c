#define _GNU_SOURCE
#include "orders.h"

#include <stddef.h>
#include <string.h>

#include "env.h"
#include "process.h"
#include "ring.h"
#include "ring_claim.h"

static const char *action_names[] = {
    [HB_ACTION_OBSERVE] = "observe",
    [HB_ACTION_TRACE] = "trace",
    [HB_ACTION_BLOCK] = "block",
};

bool hb_refuse(struct hb_refusal *refusal, const char *variable, const char *value, const char *problem) {
  *refusal = (struct hb_refusal){variable, value, problem};
  return problem == NULL;
}

static const char *load_keywords(const char *path, hb_scanner_maker make_scanner, struct hb_orders *orders) {
  if (!path) return "not set";
  struct hb_keywords keywords;
  const char *problem = hb_keywords_load(&keywords, path);
  if (!problem) problem = make_scanner(&keywords, &orders->options);
  orders->keywords = keywords.count;
  hb_keywords_free(&keywords);
  return problem;
}

/* The header says what the agent planned. If the environment says it too, both must agree: a hook that blocks, or does not,
 * against the plan would be measured as something it is not. */
static const char *choose_action(const char *name, struct hb_orders *orders) {
  const uint32_t known = sizeof action_names / sizeof *action_names, planned = hb_ring_file.header->action;
  if (planned >= known) return "the ring file has an unknown action";
  orders->action = planned;
  if (!name) return NULL;
  for (uint32_t action = 0; action < known; action++) {
    if (strcmp(name, action_names[action]) != 0) continue;
    return action == planned ? NULL : "differs from the action in the ring file";
  }
  return "not one of observe, trace, block";
}

static bool take(struct hb_orders *orders, hb_scanner_maker make_scanner, struct hb_refusal *refusal) {
  const char *ring = hb_env("HOOKBENCH_RING"), *words = hb_env("HOOKBENCH_KEYWORDS"), *action = hb_env("HOOKBENCH_ACTION");
  if (!ring) return hb_refuse(refusal, "HOOKBENCH_RING", NULL, "not set");
  return hb_options_read(&orders->options, refusal) &&
         hb_refuse(refusal, "HOOKBENCH_KEYWORDS", words, load_keywords(words, make_scanner, orders)) &&
         hb_refuse(refusal, "HOOKBENCH_RING", ring, hb_ring_open(ring)) &&
         hb_refuse(refusal, "HOOKBENCH_ACTION", action, choose_action(action, orders)) &&
         hb_refuse(refusal, "process", NULL, hb_process_start() ? NULL : "no memory");
}

bool hb_orders_take(struct hb_orders *orders, hb_scanner_maker make_scanner, struct hb_refusal *refusal) {
  bool taken = take(orders, make_scanner, refusal);
  if (!taken && hb_ring_file.header) hb_ring_close();
  return taken;
}

void hb_orders_announce(const struct hb_orders *orders, const struct hb_manner *manner) {
  struct hb_ring_header *header = hb_ring_file.header;
  hb_ring_claim_start();
  header->pid = hb_process->pid;
  header->keywords = orders->keywords;
  header->scanner = manner->scanner;
  header->scanner_level = manner->scanner_level;
  header->functions = orders->options.functions;
  header->clock = manner->clock;
  header->block_errno = orders->action == HB_ACTION_BLOCK ? (uint32_t)orders->options.block_errno : 0;
}

void hb_attached(void) { __atomic_store_n(&hb_ring_file.header->attached, 1, __ATOMIC_RELEASE); }
