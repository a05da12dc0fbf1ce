/* What the kernel programs and their loader share: sizes, the configuration that is fixed at load, and the memory of each target. */
#ifndef HOOKBENCH_BPF_ABI_H
#define HOOKBENCH_BPF_ABI_H

#include "../abi/record.h"
#include "../scan/pair_table.h"

#define HB_BPF_MOST_TARGETS 64u
#define HB_BPF_FDS (1u << 20)     /* the kernel's default fs.nr_open */
#define HB_BPF_WINDOW 4096u       /* bytes of a call that are scanned */
#define HB_BPF_RECORDS (1u << 16) /* waiting for the loader, for each target */
#define HB_BPF_PLACES 1024u       /* of the table of targets, of which each has a place of its own */
#define HB_BPF_PLACE(tgid, multiplier) (((uint32_t)(tgid) * (uint32_t)(multiplier)) >> 22)
#define HB_BPF_SEGMENTS 16u /* of a readv or recvmsg; bytes past these are not scanned */

/* How much of the work is done: each level holds those before it, for telling what each part costs. */
enum hb_bpf_level { HB_LEVEL_EMPTY, HB_LEVEL_FILTER, HB_LEVEL_LATENCY, HB_LEVEL_SCAN, HB_LEVEL_FULL };

/* bits of `functions`: system calls that are reads */
#define HB_READ 1u
#define HB_RECVFROM 2u
#define HB_READV 4u
#define HB_RECVMSG 8u

/* Where a watched process listens (form sk_skb). */
struct hb_bpf_listener {
  uint64_t netns; /* cookie of the network namespace */
  uint32_t port;
  uint32_t reserved;
};

/* Whose connections they are. */
struct hb_bpf_owner {
  uint32_t target;
  uint32_t tgid;
};

struct hb_bpf_place {
  uint32_t tgid; /* 0: nobody */
  uint32_t target;
};

/* Read-only to the programs: the verifier knows the single numbers and leaves out what they rule out. */
struct hb_bpf_config {
  uint32_t level;
  uint32_t functions;
  uint32_t multiplier; /* of HB_BPF_PLACE, chosen so that no two targets share a place */
  uint32_t shift;      /* of struct hb_ac, as are the following */
  uint32_t accepting;
  uint32_t shallow;
  uint32_t next_mask; /* cells of the automaton's table, a power of two, less one */
  uint32_t blocks; /* form sk_skb: segments with a keyword are dropped */
  struct hb_bpf_place places[HB_BPF_PLACES];
  uint8_t class_of[256];
  uint16_t pairs[HB_PAIRS];
};

/* One watched process. Mapped by the loader; what lies in it the programs write, but for the `abi` of records, which the loader sets to 0
 * when it has taken a record. */
struct hb_bpf_target {
  uint64_t head;          /* records ever written */
  uint64_t eofs;          /* as in struct hb_ring */
  uint64_t errors;
  uint64_t cut;           /* reads of which not all bytes were scanned, being too long */
  uint64_t unscanned;     /* counted reads that could not be handled: lost */
  uint64_t untracked_fds; /* accepted descriptors past HB_BPF_FDS */
  uint64_t seen;          /* what the levels below `full` came to, so that their work is not left out */
  uint64_t leaving; /* form sk_skb: set by the loader when what arrives is to be let through and no longer looked at */
  uint64_t reserved[8];
  uint64_t fds[HB_BPF_FDS / 64];
  struct hb_record records[HB_BPF_RECORDS];
};

_Static_assert(offsetof(struct hb_bpf_target, fds) == 128, "hb_bpf_target fds");

#endif
