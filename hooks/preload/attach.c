#define _GNU_SOURCE
#include "attach.h"

#include <stdio.h>

#include "clock.h"
#include "fdtable.h"
#include "hook.h"
#include "ring.h"

struct hb_hook hb_hook;

static const char *make_scanner(const struct hb_keywords *keywords, const struct hb_options *options) {
  return hb_scanner_build(&hb_hook.scanner, keywords, options->scanner, options->most_level);
}

static const char *choose_clock(const struct hb_options *options) {
  return options->clock == HB_CLOCK_TSC ? hb_clock_use_tsc() : NULL;
}

/* From here on calls are hooked. */
static void open_hook(const struct hb_orders *orders, uint32_t fds) {
  const struct hb_options *options = &orders->options;
  hb_hook.action = orders->action;
  hb_hook.block_errno = options->block_errno;
  hb_orders_announce(orders, &(struct hb_manner){options->scanner, hb_hook.scanner.level, options->clock});
  hb_fdtable_open(fds, options->functions);
}

bool hb_attach(struct hb_refusal *refusal) {
  struct hb_orders orders;
  uint32_t fds;
  if (!hb_orders_take(&orders, make_scanner, refusal)) return false;
  if (!hb_refuse(refusal, "HOOKBENCH_CLOCK", "tsc", choose_clock(&orders.options))) return false;
  if (!(fds = hb_fdtable_reserve())) return hb_refuse(refusal, "fd table", NULL, "no memory");
  open_hook(&orders, fds);
  return true;
}

void hb_pass_through(const struct hb_refusal *refusal) {
  const char *value = refusal->value;
  if (hb_ring_file.header) hb_ring_close();
  dprintf(2, "hookbench: not hooking, all calls pass through: %s%s%s: %s\n", refusal->variable, value ? " " : "",
          value ? value : "", refusal->problem);
}
