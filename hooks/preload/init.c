/* Start: before main, in this order, so that nothing is tracked until everything it needs is there. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "env.h"
#include "fdtable.h"
#include "hook.h"
#include "../scan/keywords.h"
#include "process.h"
#include "real.h"
#include "ring.h"
#include "ring_claim.h"

#define SCANNER_AC 1u

/* One line on stderr, and every call is passed through. */
static void pass_through(const char *what, const char *detail, const char *problem) {
  dprintf(2, "hookbench: not hooking, all calls pass through: %s%s%s: %s\n", what, detail ? " " : "", detail ? detail : "", problem);
}

static const char *action_names[] = {
    [HB_ACTION_OBSERVE] = "observe",
    [HB_ACTION_TRACE] = "trace",
    [HB_ACTION_BLOCK] = "block",
};

/* The header says what the agent planned. If the environment says it too, both must agree: a hook that blocks, or does not,
 * against the plan would be measured as something it is not. */
static const char *choose_action(const char *name, uint32_t planned) {
  const uint32_t known = sizeof action_names / sizeof *action_names;
  if (planned >= known) return "the ring file has an unknown action";
  hb_hook.action = planned;
  if (!name) return NULL;
  for (uint32_t action = 0; action < known; action++) {
    if (strcmp(name, action_names[action]) != 0) continue;
    return action == planned ? NULL : "differs from the action in the ring file";
  }
  return "not one of observe, trace, block";
}

static const char *load_automaton(const char *path, uint32_t *count) {
  struct hb_keywords keywords;
  const char *problem = hb_keywords_load(&keywords, path);
  if (!problem) problem = hb_ac_build(&hb_hook.ac, &keywords);
  *count = keywords.count;
  hb_keywords_free(&keywords);
  return problem;
}

static void attach(void) {
  const char *ring = hb_env("HOOKBENCH_RING"), *words = hb_env("HOOKBENCH_KEYWORDS"), *action = hb_env("HOOKBENCH_ACTION");
  const char *problem;
  uint32_t count = 0, fds;
  if (!ring) {
    pass_through("HOOKBENCH_RING", NULL, "not set");
  } else if (!words) {
    pass_through("HOOKBENCH_KEYWORDS", NULL, "not set");
  } else if ((problem = load_automaton(words, &count))) {
    pass_through("HOOKBENCH_KEYWORDS", words, problem);
  } else if ((problem = hb_ring_open(ring))) {
    pass_through("HOOKBENCH_RING", ring, problem);
  } else if ((problem = choose_action(action, hb_ring_file.header->action))) {
    hb_ring_close();
    pass_through("HOOKBENCH_ACTION", action, problem);
  } else if (!hb_process_start() || !(fds = hb_fdtable_reserve())) {
    hb_ring_close();
    pass_through("fd table", NULL, "no memory");
  } else {
    hb_ring_claim_start();
    struct hb_ring_header *header = hb_ring_file.header;
    hb_fdtable_open(fds);
    header->pid = hb_process->pid;
    header->keywords = count;
    header->scanner = SCANNER_AC;
    __atomic_store_n(&header->attached, 1, __ATOMIC_RELEASE);
  }
}

/* Of a set-user-id program's environment nothing is believed, and nothing is done. */
__attribute__((constructor)) static void start(void) {
  hb_real_resolve();
  if (getauxval(AT_SECURE)) return;
  const char *inherit = hb_env("HOOKBENCH_INHERIT");
  attach();
  if (!inherit || strcmp(inherit, "1") != 0) hb_env_leave_preload();
}
