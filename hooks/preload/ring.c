/* Writing into a ring. Plain stores: each ring has one writer, and the collector only ever writes `tail`. */
#define _GNU_SOURCE
#include "ring.h"

#include <stddef.h>

struct hb_ring_file hb_ring_file;
__thread struct hb_thread hb_thread;

static void count_unringed(void) { __atomic_fetch_add(&hb_ring_file.header->unringed, 1, __ATOMIC_RELAXED); }

/* True when this thread may write. False without a ring, and in a signal handler that interrupted a write. */
static inline int begin(void) {
  if (__builtin_expect(!hb_thread.ring || hb_thread.writing, 0)) return 0;
  hb_thread.writing = 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  return 1;
}

static inline void end(void) {
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  hb_thread.writing = 0;
}

void hb_ring_write(struct hb_record *record) {
  if (!begin()) {
    count_unringed();
    return;
  }
  struct hb_ring *ring = hb_thread.ring;
  uint64_t head = ring->head, capacity = hb_ring_file.capacity;
  record->pid = hb_thread.pid;
  record->tid = hb_thread.tid;
  record->abi = HB_ABI_VERSION;
  if (__builtin_expect(head - __atomic_load_n(&ring->tail, __ATOMIC_RELAXED) >= capacity, 0)) ring->overwritten++;
  hb_thread.records[head & (capacity - 1)] = *record;
  ring->reads++;
  ring->bytes += (uint32_t)record->bytes;
  ring->hits += record->flags & HB_FLAG_HIT;
  ring->blocked += (record->flags & HB_FLAG_BLOCKED) != 0;
  /* The collector reads head first: whatever is below it has been stored. */
  __atomic_store_n(&ring->head, head + 1, __ATOMIC_RELEASE);
  end();
}

void hb_ring_note_empty(ssize_t result) {
  if (!begin()) return;
  if (result == 0)
    hb_thread.ring->eofs++;
  else
    hb_thread.ring->errors++;
  end();
}

_Static_assert(HB_FLAG_HIT == 1, "hits are counted by adding the flag");
