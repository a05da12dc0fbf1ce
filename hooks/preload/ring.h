/* The per-thread rings in the shared file (layout: ../abi/record.h). Nothing here ever waits. */
#ifndef HOOKBENCH_PRELOAD_RING_H
#define HOOKBENCH_PRELOAD_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../abi/record.h"
#include "process.h"

struct hb_ring_file {
  struct hb_ring_header *header;
  struct hb_ring *rings;
  struct hb_record *records;
  uint32_t slots;
  uint32_t capacity; /* a power of two */
};
extern struct hb_ring_file hb_ring_file;

/* What a thread knows of its ring. */
struct hb_thread {
  struct hb_ring *ring; /* NULL: none yet, or none was free */
  struct hb_record *records;
  uint32_t pid; /* process the ring was claimed for; differs from the process's after a fork */
  uint32_t tid;
  uint32_t writing;    /* a signal handler that reads in the middle of our own writing must not write too */
  uint32_t looked_for; /* dead owners were looked for once already */
};
extern __thread struct hb_thread hb_thread;

/* Maps the file. Returns NULL, or what is wrong with it. */
const char *hb_ring_open(const char *path);
void hb_ring_close(void);

/* Finds this thread a ring. Keeps errno. */
void hb_ring_claim(void);

static inline void hb_ring_ready(void) {
  /* In a forked child the process's pid reads 0 or its own, and the thread's is still the parent's. */
  if (__builtin_expect(!hb_thread.ring || hb_thread.pid != hb_process->pid, 0)) hb_ring_claim();
}

/* A counted read that could not be recorded. */
void hb_ring_count_unringed(void);

/* True when this thread may write. False without a ring, and in a signal handler that interrupted a write. */
static inline bool hb_ring_begin(void) {
  if (__builtin_expect(!hb_thread.ring || hb_thread.writing, 0)) return false;
  hb_thread.writing = 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  return true;
}

static inline void hb_ring_end(void) {
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  hb_thread.writing = 0;
}

static inline struct hb_record *hb_ring_slot(uint64_t head) {
  return &hb_thread.records[head & (hb_ring_file.capacity - 1)];
}

/* Asks for the memory of the next record before the system call: after it, it would be waited for. */
static inline void hb_ring_prefetch(void) {
  if (__builtin_expect(hb_thread.ring != NULL, 1)) __builtin_prefetch(hb_ring_slot(hb_thread.ring->head), 1);
}

/* A read that returned more than 0 bytes. The record's tid, pid and abi are filled in here. Plain stores: each ring has one
 * writer, and the collector only ever writes `tail`. */
static inline void hb_ring_write(struct hb_record *record) {
  if (__builtin_expect(!hb_ring_begin(), 0)) {
    hb_ring_count_unringed();
    return;
  }
  struct hb_ring *ring = hb_thread.ring;
  uint64_t head = ring->head;
  record->pid = hb_thread.pid;
  record->tid = hb_thread.tid;
  record->abi = HB_ABI_VERSION;
  if (__builtin_expect(head - __atomic_load_n(&ring->tail, __ATOMIC_RELAXED) >= hb_ring_file.capacity, 0)) ring->overwritten++;
  *hb_ring_slot(head) = *record;
  ring->reads++;
  ring->bytes += (uint32_t)record->bytes;
  ring->hits += record->flags & HB_FLAG_HIT;
  ring->blocked += (record->flags & HB_FLAG_BLOCKED) / HB_FLAG_BLOCKED;
  /* The collector reads head first: whatever is below it has been stored. */
  __atomic_store_n(&ring->head, head + 1, __ATOMIC_RELEASE);
  hb_ring_end();
}

/* A read that returned 0 or -1. */
static inline void hb_ring_note_empty(ssize_t result) {
  if (!hb_ring_begin()) return;
  if (result == 0)
    hb_thread.ring->eofs++;
  else
    hb_thread.ring->errors++;
  hb_ring_end();
}

_Static_assert(HB_FLAG_HIT == 1, "hits are counted by adding the flag");

#endif
