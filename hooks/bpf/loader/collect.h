/* From the kernel's memory of each watched process into its ring file. */
#ifndef HOOKBENCH_BPF_COLLECT_H
#define HOOKBENCH_BPF_COLLECT_H

#include <bpf/libbpf.h>

#include "options.h"
#include "ringfile.h"
#include "tables.h"

struct hb_collected {
  pid_t pid;
  struct hb_bpf_target *target;
  struct hb_ring_file file;
  uint64_t taken; /* records passed, whether had or lost */
  uint64_t lost;
  uint64_t reads;
  uint64_t bytes;
  uint64_t hits;
};

struct hb_collector {
  uint32_t count;
  struct hb_collected of[HB_BPF_MOST_TARGETS];
};

/* Opens the ring files. Returns NULL, or what is wrong. */
const char *hb_collect_files(struct hb_collector *collector, const struct hb_options *options);
/* Maps the memory of a loaded program. */
const char *hb_collect_from(struct hb_collector *collector, struct bpf_object *object);
/* The ring files say `attached`. */
void hb_collect_announce(struct hb_collector *collector, const struct hb_tables *tables);
/* Takes what is there. @param last nothing will be added any more: what is unfinished is lost */
void hb_collect(struct hb_collector *collector, int last);
/* One line for each process on standard output. */
void hb_collect_report(const struct hb_collector *collector);

#endif
