#define _GNU_SOURCE
#include "hook.h"

#include <pthread.h>
#include <unistd.h>

#include "../preload/clock.h"
#include "../preload/orders.h"
#include "../preload/real.h"
#include "../preload/ring.h"

struct hb_node_hook hb_node_hook;
/* ring_file.c closes the ring's descriptor by this name, past the preload library's own close. */
struct hb_real hb_real = {.close = close};

static struct hb_refusal refusal;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *make_scanner(const struct hb_keywords *keywords, const struct hb_options *options) {
  (void)options; /* there is one scanner here */
  return hb_ac_build(&hb_node_hook.ac, keywords);
}

static void attach(void) {
  struct hb_orders orders;
  if (!hb_orders_take(&orders, make_scanner, &refusal)) return;
  hb_node_hook.action = orders.action;
  hb_node_hook.block_errno = orders.options.block_errno;
  hb_orders_announce(&orders, &(struct hb_manner){HB_SCANNER_AC, HB_LEVEL_AC, HB_CLOCK_VDSO});
  hb_attached();
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
