/* The hook's work for mechanisms that do it in a process of their own (seccomp-notify, ptrace): scan, record, action. Told by the same
 * variables as the library, with the same answer (../README.md); one thread only. */
#ifndef HOOKBENCH_BOUNDARY_OUTSIDE_H
#define HOOKBENCH_BOUNDARY_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../bpf/loader/ringfile.h"
#include "../scan/ac.h"

/* Bytes that one call brings at most; one that asks for more gets this many. */
#define HB_MOST_BYTES (4u << 20)

struct hb_outside {
  struct hb_ac ac;
  uint32_t keywords;
  uint32_t functions; /* HB_FUNCTION_* */
  uint32_t action;    /* HB_ACTION_* */
  int block_errno;
};
extern struct hb_outside hb_outside;

/* One read that returned more than 0 bytes. */
struct hb_seen {
  uint64_t start_ns;
  uint32_t pid, tid;
  int32_t fd;
  int32_t bytes;
  uint16_t keyword;
  uint64_t end_ns; /* 0: the end of the hook's work, which is now */
};

uint64_t hb_now_ns(void);

/* Reads HOOKBENCH_KEYWORDS, _FUNCTIONS, _ACTION and _ERRNO. False after a line on stderr. */
bool hb_outside_start(const char *program);

/* Says in a ring file's header what the hook does; `attached` last. */
void hb_outside_announce(struct hb_ring_file *file, uint32_t pid);

static inline uint16_t hb_outside_scan(const uint8_t *bytes, size_t size) { return hb_ac_scan(&hb_outside.ac, bytes, size); }

static inline bool hb_outside_blocks(uint16_t keyword) {
  return keyword != HB_NO_KEYWORD && hb_outside.action == HB_ACTION_BLOCK;
}

void hb_outside_record(struct hb_ring_file *file, const struct hb_seen *seen);

/* The read that was recorded last did not come about. */
void hb_outside_take_back(struct hb_ring_file *file, const struct hb_seen *seen);

#endif
