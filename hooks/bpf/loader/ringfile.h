/* The ring file of one watched process (../../abi/record.h), made by the agent. All threads of the process share its first ring here. */
#ifndef HOOKBENCH_BPF_RINGFILE_H
#define HOOKBENCH_BPF_RINGFILE_H

#include "../../abi/record.h"

struct hb_ring_file {
  struct hb_ring_header *header; /* NULL: none */
  struct hb_ring *ring;
  struct hb_record *records;
  uint64_t capacity;
};

/* of a program that does whichever of both the file says */
#define HB_RING_EITHER (-1)

/* Returns NULL, or what is wrong. @param blocks whether the program blocks, which the file must be made for */
const char *hb_ring_file_open(struct hb_ring_file *file, const char *path, int blocks);
void hb_ring_file_put(struct hb_ring_file *file, const struct hb_record *record);

#endif
