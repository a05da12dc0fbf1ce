/* Start: before main, in this order, so that nothing is tracked until everything it needs is there. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "../scan/keywords.h"
#include "clock.h"
#include "env.h"
#include "fdtable.h"
#include "hook.h"
#include "init.h"
#include "options.h"
#include "process.h"
#include "real.h"
#include "ring.h"
#include "ring_claim.h"

static const char *action_names[] = {
    [HB_ACTION_OBSERVE] = "observe",
    [HB_ACTION_TRACE] = "trace",
    [HB_ACTION_BLOCK] = "block",
};

/* One line on stderr, and every call is passed through. */
static void pass_through(const struct hb_refusal *refusal) {
  const char *value = refusal->value;
  dprintf(2, "hookbench: not hooking, all calls pass through: %s%s%s: %s\n", refusal->variable, value ? " " : "",
          value ? value : "", refusal->problem);
}

static bool refuse(struct hb_refusal *refusal, const char *variable, const char *value, const char *problem) {
  *refusal = (struct hb_refusal){variable, value, problem};
  return problem == NULL;
}

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

static const char *load_keywords(const char *path, const struct hb_options *options, uint32_t *count) {
  if (!path) return "not set";
  struct hb_keywords keywords;
  const char *problem = hb_keywords_load(&keywords, path);
  if (!problem) problem = hb_scanner_build(&hb_hook.scanner, &keywords, options->scanner, options->most_level);
  *count = keywords.count;
  hb_keywords_free(&keywords);
  return problem;
}

/* From here on calls are hooked. `attached` comes last: it says that all the rest is true. Returns NULL, or what is wrong. */
static const char *open_hook(const struct hb_options *options, uint32_t keywords, uint32_t fds) {
  struct hb_ring_header *header = hb_ring_file.header;
  bool blocks = hb_hook.action == HB_ACTION_BLOCK;
  hb_hook.block_errno = options->block_errno;
  hb_ring_claim_start();
  hb_fdtable_open(fds, options->functions);
  const char *problem = hb_hook_opened ? hb_hook_opened() : NULL;
  if (problem) return problem;
  header->pid = hb_process->pid;
  header->keywords = keywords;
  header->scanner = options->scanner;
  header->scanner_level = hb_hook.scanner.level;
  header->functions = options->functions;
  header->clock = options->clock;
  header->block_errno = blocks ? (uint32_t)options->block_errno : 0;
  __atomic_store_n(&header->attached, 1, __ATOMIC_RELEASE);
  return NULL;
}

static bool attach(struct hb_refusal *refusal) {
  struct hb_options options;
  uint32_t count = 0, fds = 0;
  const char *ring = hb_env("HOOKBENCH_RING"), *words = hb_env("HOOKBENCH_KEYWORDS"), *action = hb_env("HOOKBENCH_ACTION");
  if (!ring) return refuse(refusal, "HOOKBENCH_RING", NULL, "not set");
  if (!hb_options_read(&options, refusal)) return false;
  if (!refuse(refusal, "HOOKBENCH_KEYWORDS", words, load_keywords(words, &options, &count))) return false;
  if (options.clock == HB_CLOCK_TSC && !refuse(refusal, "HOOKBENCH_CLOCK", "tsc", hb_clock_use_tsc())) return false;
  if (!refuse(refusal, "HOOKBENCH_RING", ring, hb_ring_open(ring))) return false;
  if (!refuse(refusal, "HOOKBENCH_ACTION", action, choose_action(action, hb_ring_file.header->action))) return false;
  if (!hb_process_start() || !(fds = hb_fdtable_reserve())) return refuse(refusal, "fd table", NULL, "no memory");
  return refuse(refusal, "hook", NULL, open_hook(&options, count, fds));
}

/* musl loads us, and much would work, but its structures and its dlsym are not those this library is built and tested for. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));
static bool on_glibc(void) { return gnu_get_libc_version != NULL; }

/* Of a set-user-id program's environment nothing is believed, and nothing is done. */
__attribute__((constructor)) static void start(void) {
  struct hb_refusal refusal;
  hb_real_resolve();
  if (getauxval(AT_SECURE)) return;
  const char *inherit = hb_env("HOOKBENCH_INHERIT");
  bool attached = on_glibc() ? attach(&refusal) : refuse(&refusal, "libc", NULL, "this program's is not glibc");
  if (!attached) {
    if (hb_ring_file.header) hb_ring_close();
    pass_through(&refusal);
  }
  if (!inherit || strcmp(inherit, "1") != 0) hb_env_leave_preload();
}
