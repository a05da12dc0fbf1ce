/* For hooks of your own: writes hookbench's ring (record.h), so that reads seen and lost and the hook's own clock are measured too.
 * One header, no library to link but libc. hooks/own/README.md says how such a hook is built and put on the bench.
 *
 *   static struct hb_own own;
 *   constructor:   hb_own_attach(&own, HB_FUNCTION_READ, HB_OWN_OBSERVE);
 *   each counted read, after the hook's work:   hb_own_record(&own, started_ns, fd, bytes, keyword);
 *
 * A counted read is one that returned more than 0 bytes on a descriptor that the program got from accept or accept4. Without the ring
 * (not run by hookbench, or a ring of another version) attach returns 0 and record does nothing.
 */
#ifndef HOOKBENCH_OWN_HOOK_H
#define HOOKBENCH_OWN_HOOK_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../abi/record.h"

/* what the hook can do, see HOOKBENCH_ACTION */
#define HB_OWN_OBSERVE (1u << HB_ACTION_OBSERVE)
#define HB_OWN_TRACE (1u << HB_ACTION_TRACE) /* names the keyword in each record */
#define HB_OWN_BLOCK (1u << HB_ACTION_BLOCK) /* fails the read with HOOKBENCH_ERRNO */
#define HB_OWN_MOST_KEYWORDS 2000

struct hb_own {
  struct hb_ring_header *header; /* NULL: nothing is written */
  struct hb_ring *rings;
  struct hb_record *records;
  uint32_t pid;
  uint32_t keywords;
  char *keyword[HB_OWN_MOST_KEYWORDS]; /* what to look for, in the order of their indices */
  uint32_t length[HB_OWN_MOST_KEYWORDS];
};

/* this thread's ring; given back when the thread ends */
static __thread struct hb_ring *hb_own_ring;
static pthread_key_t hb_own_key;
static struct hb_own *hb_own_here;

static inline uint64_t hb_own_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* one keyword a line, bytes as they are */
static inline void hb_own_read_keywords(struct hb_own *own, const char *path) {
  FILE *file = path ? fopen(path, "re") : NULL;
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  while (file && own->keywords < HB_OWN_MOST_KEYWORDS && (length = getline(&line, &room, file)) > 0) {
    if (line[length - 1] == '\n') length--;
    if (length == 0) continue;
    own->length[own->keywords] = (uint32_t)length;
    own->keyword[own->keywords++] = strndup(line, (size_t)length);
  }
  free(line);
  if (file) fclose(file);
}

/* index of the keyword that ends first in these bytes, or HB_NO_KEYWORD; slow on purpose of being short: put your own here */
static inline uint16_t hb_own_first_keyword(const struct hb_own *own, const void *bytes, size_t count) {
  uint16_t first = HB_NO_KEYWORD;
  for (uint32_t i = 0; i < own->keywords; i++) {
    const char *at = memmem(bytes, count, own->keyword[i], own->length[i]);
    if (!at) continue;
    first = (uint16_t)i;
    count = (size_t)(at - (const char *)bytes) + own->length[i] - 1; /* one that ends earlier lies before this end */
  }
  return first;
}

static inline void hb_own_give_back(void *ring) { __atomic_store_n(&((struct hb_ring *)ring)->tid, 0, __ATOMIC_RELEASE); }

/* a forked child would write into the rings of its parent's threads */
static inline void hb_own_forked(void) {
  hb_own_ring = NULL;
  if (hb_own_here) hb_own_here->header = NULL;
}

/* Call it in a constructor. `functions`: HB_FUNCTION_* bits of what this hook stands in front of; `actions`: HB_OWN_* bits.
 * Returns 1 when the ring is there: from then on hookbench takes this hook at its word. */
static inline int hb_own_attach(struct hb_own *own, uint32_t functions, uint32_t actions) {
  const char *path = getenv("HOOKBENCH_RING");
  int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  struct stat file;
  if (fd < 0 || fstat(fd, &file) != 0 || (size_t)file.st_size < HB_HEADER_BYTES) return 0;
  void *memory = mmap(NULL, (size_t)file.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (memory == MAP_FAILED) return 0;
  struct hb_ring_header *header = memory;
  size_t before = HB_HEADER_BYTES + ((header->ring_slots * sizeof(struct hb_ring) + 4095) & ~(size_t)4095);
  size_t needed = before + (size_t)header->ring_slots * header->capacity * sizeof(struct hb_record);
  if (header->magic != HB_RING_MAGIC || header->version != HB_ABI_VERSION || needed > (size_t)file.st_size ||
      pthread_key_create(&hb_own_key, hb_own_give_back) != 0) {
    munmap(memory, (size_t)file.st_size);
    return 0;
  }
  hb_own_read_keywords(own, getenv("HOOKBENCH_KEYWORDS"));
  own->rings = (struct hb_ring *)((char *)memory + HB_HEADER_BYTES);
  own->records = (struct hb_record *)((char *)memory + before);
  own->pid = (uint32_t)getpid();
  own->header = header;
  hb_own_here = own;
  pthread_atfork(NULL, NULL, hb_own_forked);
  header->pid = own->pid;
  header->keywords = own->keywords;
  header->functions = functions;
  header->clock = HB_CLOCK_VDSO;
  header->own_actions = actions;
  header->own_magic = HB_OWN_MAGIC;
  __atomic_store_n(&header->attached, 1, __ATOMIC_RELEASE);
  return 1;
}

/* the ring of this thread; NULL when all are taken */
static inline struct hb_ring *hb_own_claim(struct hb_own *own) {
  if (hb_own_ring) return hb_own_ring;
  uint32_t tid = (uint32_t)syscall(SYS_gettid);
  for (uint32_t slot = 0; slot < own->header->ring_slots; slot++) {
    uint32_t nobody = 0;
    struct hb_ring *ring = &own->rings[slot];
    if (!__atomic_compare_exchange_n(&ring->tid, &nobody, tid, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) continue;
    ring->claims++;
    hb_own_ring = ring;
    pthread_setspecific(hb_own_key, ring);
    return ring;
  }
  return NULL;
}

/* Counts one read and writes its record. `started_ns`: hb_own_now() at the hook's entry. Keeps errno. */
static inline void hb_own_record(struct hb_own *own, uint64_t started_ns, int fd, ssize_t bytes, uint16_t keyword) {
  if (!own->header || bytes <= 0) return;
  int saved = errno;
  struct hb_ring *ring = hb_own_claim(own);
  if (ring) {
    uint64_t head = ring->head, took = hb_own_now() - started_ns, capacity = own->header->capacity;
    if (head - __atomic_load_n(&ring->tail, __ATOMIC_RELAXED) >= capacity) ring->overwritten++;
    own->records[(uint64_t)(ring - own->rings) * capacity + head % capacity] = (struct hb_record){
        .t_ns = started_ns,
        .latency_ns = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took,
        .pid = own->pid,
        .tid = ring->tid,
        .fd = fd,
        .bytes = (int32_t)bytes,
        .keyword = keyword,
        .flags = keyword == HB_NO_KEYWORD ? 0 : HB_FLAG_HIT,
        .abi = HB_ABI_VERSION,
    };
    ring->reads++;
    ring->bytes += (uint64_t)bytes;
    ring->hits += keyword != HB_NO_KEYWORD;
    __atomic_store_n(&ring->head, head + 1, __ATOMIC_RELEASE);
  } else {
    __atomic_fetch_add(&own->header->unringed, 1, __ATOMIC_RELAXED);
  }
  errno = saved;
}

#endif
