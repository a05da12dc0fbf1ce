/* The keywords as the kernel programs need them. */
#ifndef HOOKBENCH_BPF_TABLES_H
#define HOOKBENCH_BPF_TABLES_H

#include <bpf/libbpf.h>

#include "../../scan/ac.h"
#include "options.h"

struct hb_tables {
  struct hb_ac ac;
  uint32_t keywords;
  uint32_t cells; /* of the automaton, rounded up to a power of two */
};

/* Returns NULL, or what is wrong with the file. */
const char *hb_tables_make(struct hb_tables *tables, const char *path);

/* Before the object is loaded: sizes and what is read-only. Returns NULL, or what is wrong. */
const char *hb_tables_prepare(const struct hb_tables *tables, struct bpf_object *object, const struct hb_options *options);
/* Afterwards: the automaton. */
const char *hb_tables_fill(const struct hb_tables *tables, struct bpf_object *object);

#endif
