/* Who owns which ring. A thread takes a free one at its first read of an accepted socket and gives it back when it ends; a
 * forked child takes its own. All of it happens once per thread, away from the hot path. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libc.h"
#include "raw_syscall.h"
#include "ring.h"
#include "ring_claim.h"

static pthread_key_t key;
static int has_key;

static uint32_t own_tid(void) { return (uint32_t)hb_raw_syscall(SYS_gettid, 0, 0, 0, 0, 0, 0); }

/* Makes every page of a ring's records exist, so that no record pays a page fault. False if the filesystem is full: then a
 * store would raise SIGBUS in somebody's program. Once a ring has wrapped all its pages exist. */
static int populate(const struct hb_ring *ring, struct hb_record *records) {
  if (ring->head >= hb_ring_file.capacity && ring->claims) return 1;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
  uintptr_t from = (uintptr_t)records & ~page;
  uintptr_t to = ((uintptr_t)(records + hb_ring_file.capacity) + page) & ~page;
  return madvise((void *)from, to - from, MADV_POPULATE_WRITE) == 0 || errno != EFAULT;
}

static int take(uint32_t slot, uint32_t previous_owner) {
  struct hb_ring *ring = &hb_ring_file.rings[slot];
  struct hb_record *records = hb_ring_file.records + (size_t)slot * hb_ring_file.capacity;
  if (!__atomic_compare_exchange_n(&ring->tid, &previous_owner, hb_thread.tid, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return 0;
  if (!populate(ring, records)) {
    __atomic_store_n(&ring->tid, 0, __ATOMIC_RELEASE);
    return 0;
  }
  ring->claims++;
  hb_thread.records = records;
  hb_thread.ring = ring;
  return 1;
}

static int take_free(void) {
  for (uint32_t slot = 0; slot < hb_ring_file.slots; slot++)
    if (__atomic_load_n(&hb_ring_file.rings[slot].tid, __ATOMIC_RELAXED) == 0 && take(slot, 0)) return 1;
  return 0;
}

/* Threads that were killed, or whose process ended while they ran, could give nothing back. */
static int take_from_dead(void) {
  for (uint32_t slot = 0; slot < hb_ring_file.slots; slot++) {
    uint32_t owner = __atomic_load_n(&hb_ring_file.rings[slot].tid, __ATOMIC_RELAXED);
    if (owner == 0) continue;
    long alive = hb_raw_syscall(SYS_tkill, (long)owner, 0, 0, 0, 0, 0);
    if (alive != 0 && errno == ESRCH && take(slot, owner)) return 1;
  }
  return 0;
}

void hb_ring_claim(void) {
  if (hb_thread.writing) return; /* a signal handler inside this very function */
  int saved = errno;
  hb_thread.writing = 1;
  uint32_t pid = hb_process_adopt();
  if (hb_thread.pid != pid || hb_thread.tid == 0) { /* a new thread, or the first read after a fork */
    hb_thread.ring = NULL;
    hb_thread.pid = pid;
    hb_thread.tid = own_tid();
    hb_thread.looked_for = 0;
  }
  if (!hb_thread.ring && !take_free() && !hb_thread.looked_for) {
    hb_thread.looked_for = 1;
    take_from_dead();
  }
  if (hb_thread.ring && has_key) pthread_setspecific(key, &hb_thread);
  hb_thread.writing = 0;
  errno = saved;
}

/* Not for the ring of the parent, which a forked child's thread still points at until its own first read. */
static void release(void *unused) {
  (void)unused;
  struct hb_ring *ring = hb_thread.ring;
  if (!ring || hb_thread.pid != (uint32_t)getpid()) return;
  hb_thread.ring = NULL;
  __atomic_store_n(&ring->tid, 0, __ATOMIC_RELEASE);
}

void hb_ring_claim_start(void) { has_key = pthread_key_create(&key, release) == 0; }

/* exit() runs no thread-specific destructors for the thread that calls it. */
__attribute__((destructor)) static void release_at_exit(void) {
  int saved = errno;
  if (hb_ring_file.header) release(NULL);
  errno = saved;
}
