/* Maps and memory of the programs, and what is known of a thread between the entry of a call and its exit. */
#ifndef HOOKBENCH_BPF_STATE_H
#define HOOKBENCH_BPF_STATE_H

#include "abi.h"
#include "kernel.h"

#define SLOTS 8192u
#define SCRATCHES 64u
#define SCRATCH_PAD 64u

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(key_size, 4);
  __uint(value_size, sizeof(struct hb_bpf_target));
  __uint(max_entries, 1); /* as many as there are targets: set by the loader */
} targets SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(key_size, 4);
  __uint(value_size, 4); /* as large as the automaton: set by the loader */
  __uint(max_entries, 1);
} automaton SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(key_size, 4);
  __uint(value_size, 2);
  __uint(max_entries, 1); /* accepting states: set by the loader */
} words SEC(".maps");

const volatile struct hb_bpf_config config = {0};

enum kind { KIND_READ = 1, KIND_RECV, KIND_VECTOR, KIND_MESSAGE, KIND_ACCEPT, KIND_DUP };

/* A call under way. Threads find theirs by their number; the few that share a place are kept in `crowded`. */
struct call {
  uint32_t tid; /* 0: free */
  uint32_t kind;
  uint64_t start_ns;
  uint64_t address; /* of the buffer, the iovecs or the msghdr */
  uint32_t fd;
  uint32_t length; /* of the buffer, or how many iovecs */
};
struct call calls[SLOTS];
uint32_t crowd; /* calls in `crowded` */

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, uint32_t);
  __type(value, struct call);
} crowded SEC(".maps");

/* Copies of what was read. Taken with one exchange, as a program may be preempted by another thread's in some forms. */
struct scratch {
  uint32_t busy;
  uint32_t reserved;
  uint64_t zero; /* always */
  uint64_t unused[6];
  uint8_t bytes[2 * HB_BPF_WINDOW + SCRATCH_PAD]; /* room for what the verifier takes to be possible */
};
struct scratch scratches[SCRATCHES];

static __always_inline struct call *slot_of(uint32_t tid) {
  uint64_t at = tid;
  HB_OPAQUE(at);
  return &calls[at & (SLOTS - 1)];
}

/* A place to note a call in, or NULL when there is none. */
static __always_inline struct call *call_begin(uint32_t tid) {
  struct call *slot = slot_of(tid);
  uint32_t owner = slot->tid;
  if (owner == tid || (owner == 0 && __sync_val_compare_and_swap(&slot->tid, 0, tid) == 0)) return slot;
  struct call fresh = {.tid = tid};
  if (!bpf_map_lookup_elem(&crowded, &tid)) __sync_fetch_and_add(&crowd, 1);
  bpf_map_update_elem(&crowded, &tid, &fresh, BPF_ANY);
  return bpf_map_lookup_elem(&crowded, &tid);
}

/* The call that this thread has under way, or NULL. */
static __always_inline struct call *call_of(uint32_t tid) {
  struct call *slot = slot_of(tid);
  if (slot->tid == tid) return slot;
  return *(volatile uint32_t *)&crowd ? bpf_map_lookup_elem(&crowded, &tid) : 0;
}

static __always_inline void call_end(struct call *call, uint32_t tid) {
  if (call == slot_of(tid)) {
    call->tid = 0;
    return;
  }
  bpf_map_delete_elem(&crowded, &tid);
  __sync_fetch_and_sub(&crowd, 1);
}

#endif
