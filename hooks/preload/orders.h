/* What a hook inside a program is told, whatever it is put in front of: by the environment, and by the ring file, which says what the agent
 * planned. One code for the library, the agent in a JVM and the addon for Node. */
#ifndef HOOKBENCH_PRELOAD_ORDERS_H
#define HOOKBENCH_PRELOAD_ORDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "../scan/keywords.h"
#include "options.h"

struct hb_orders {
  struct hb_options options;
  uint32_t action;   /* HB_ACTION_* */
  uint32_t keywords; /* how many */
};

/* How a hook will scan and time, as its ring's header has it. */
struct hb_manner {
  uint32_t scanner;       /* HB_SCANNER_*, what was asked for */
  uint32_t scanner_level; /* HB_LEVEL_*, what really scans */
  uint32_t clock;         /* HB_CLOCK_* */
};

/* Makes a scanner of the keywords, which are gone afterwards. Returns NULL, or what is wrong. */
typedef const char *(*hb_scanner_maker)(const struct hb_keywords *keywords, const struct hb_options *options);

/* Reads all of it, makes the scanner and maps the ring. False when something is missing or wrong: then no ring is mapped. */
bool hb_orders_take(struct hb_orders *orders, hb_scanner_maker make_scanner, struct hb_refusal *refusal);

/* Makes rings ready to be claimed, and fills in the ring's header but for `attached`. */
void hb_orders_announce(const struct hb_orders *orders, const struct hb_manner *manner);

/* Says in the header that the hook is live: it comes last, and all the rest is true. */
void hb_attached(void);

/* Notes what was refused. True when nothing was: `problem` is NULL. */
bool hb_refuse(struct hb_refusal *refusal, const char *variable, const char *value, const char *problem);

#endif
