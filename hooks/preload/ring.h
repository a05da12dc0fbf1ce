/* The per-thread rings in the shared file (layout: ../abi/record.h). Nothing here ever waits. */
#ifndef HOOKBENCH_PRELOAD_RING_H
#define HOOKBENCH_PRELOAD_RING_H

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

/* A read that returned more than 0 bytes. The record's tid, pid and abi are filled in here. */
void hb_ring_write(struct hb_record *record);

/* A read that returned 0 or -1. */
void hb_ring_note_empty(ssize_t result);

#endif
