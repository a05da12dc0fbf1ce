/* What the loader is told: numbers, names of a fixed list, and paths, made by the agent. */
#ifndef HOOKBENCH_BPF_OPTIONS_H
#define HOOKBENCH_BPF_OPTIONS_H

#include <stdint.h>
#include <sys/types.h>

#include "../abi.h"

#define HB_MOST_SITES 512u

enum hb_form { HB_FORM_AUTO, HB_FORM_FENTRY, HB_FORM_TP_BTF, HB_FORM_RAW_TP, HB_FORM_TP, HB_FORM_UPROBE, HB_FORM_SK_SKB, HB_FORMS };
extern const char *const hb_form_names[HB_FORMS];

struct hb_watched {
  pid_t pid;
  const char *ring; /* path of its ring file; NULL: nothing is kept of it */
};

/* Where a uprobe goes: program PROGRAM at OFFSET of the file PATH, in process `pid`. */
struct hb_site {
  pid_t pid;
  const char *program;
  int at_return;
  uint64_t offset;
  const char *path;
};

struct hb_options {
  enum hb_form form;
  enum hb_bpf_level level;
  uint32_t functions;
  int blocks; /* form sk_skb: drop what holds a keyword */
  const char *keywords;
  const char *log;
  pid_t canary; /* a watched process whose first hit proves that all works; 0: none */
  uint32_t watched_count;
  struct hb_watched watched[HB_BPF_MOST_TARGETS];
  uint32_t site_count;
  struct hb_site sites[HB_MOST_SITES];
};

/* Ends the process with 2 and a message when something is wrong. */
void hb_options_read(struct hb_options *options, int argc, char **argv);

#endif
