#define _GNU_SOURCE
#include "collect.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

const char *hb_collect_files(struct hb_collector *collector, const struct hb_options *options) {
  collector->count = options->watched_count;
  for (uint32_t i = 0; i < options->watched_count; i++) {
    struct hb_collected *of = &collector->of[i];
    of->pid = options->watched[i].pid;
    const char *problem = options->watched[i].ring ? hb_ring_file_open(&of->file, options->watched[i].ring, options->blocks) : NULL;
    if (problem) return problem;
  }
  return NULL;
}

const char *hb_collect_from(struct hb_collector *collector, struct bpf_object *object) {
  int fd = bpf_object__find_map_fd_by_name(object, "targets");
  struct hb_bpf_target *targets =
      mmap(NULL, (size_t)collector->count * sizeof *targets, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (targets == MAP_FAILED) return "the kernel's memory can't be mapped";
  for (uint32_t i = 0; i < collector->count; i++) collector->of[i].target = &targets[i];
  return NULL;
}

void hb_collect_announce(struct hb_collector *collector, const struct hb_tables *tables) {
  for (uint32_t i = 0; i < collector->count; i++) {
    struct hb_ring_header *header = collector->of[i].file.header;
    if (!header) continue;
    header->pid = (uint32_t)collector->of[i].pid;
    header->keywords = tables->keywords;
    header->scanner = 1;
    __atomic_store_n(&header->attached, 1, __ATOMIC_RELEASE);
  }
}

static void take(struct hb_collected *of, const struct hb_record *record) {
  of->reads++;
  of->bytes += (uint32_t)record->bytes;
  of->hits += record->flags & HB_FLAG_HIT;
  if (of->file.header) hb_ring_file_put(&of->file, record);
}

/* A record may be overwritten while it is copied: then its place in the row is more than a whole round behind the head. */
static int is_whole(const struct hb_bpf_target *target, uint64_t at, struct hb_record *record) {
  struct hb_record *slot = (struct hb_record *)&target->records[at & (HB_BPF_RECORDS - 1)];
  if (__atomic_load_n(&slot->abi, __ATOMIC_ACQUIRE) != HB_ABI_VERSION) return 0;
  memcpy(record, slot, sizeof *record);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  if (__atomic_load_n(&target->head, __ATOMIC_RELAXED) - at > HB_BPF_RECORDS) return 0;
  __atomic_store_n(&slot->abi, 0, __ATOMIC_RELAXED);
  return 1;
}

static void collect(struct hb_collected *of, int last) {
  struct hb_bpf_target *target = of->target;
  uint64_t head = __atomic_load_n(&target->head, __ATOMIC_ACQUIRE);
  if (head - of->taken > HB_BPF_RECORDS) {
    of->lost += head - of->taken - HB_BPF_RECORDS;
    of->taken = head - HB_BPF_RECORDS;
  }
  for (; of->taken < head; of->taken++) {
    struct hb_record record;
    if (is_whole(target, of->taken, &record))
      take(of, &record);
    else if (!last && __atomic_load_n(&target->head, __ATOMIC_RELAXED) - of->taken <= HB_BPF_RECORDS)
      break; /* being written: next time */
    else
      of->lost++;
  }
  if (!of->file.header) return;
  of->file.ring->eofs = target->eofs;
  of->file.ring->errors = target->errors;
  __atomic_store_n(&of->file.header->unringed, of->lost + target->unscanned, __ATOMIC_RELAXED);
  __atomic_store_n(&of->file.header->untracked_fds, target->untracked_fds, __ATOMIC_RELAXED);
}

void hb_collect(struct hb_collector *collector, int last) {
  for (uint32_t i = 0; i < collector->count; i++) collect(&collector->of[i], last);
}

void hb_collect_report(const struct hb_collector *collector) {
  for (uint32_t i = 0; i < collector->count; i++) {
    const struct hb_collected *of = &collector->of[i];
    const struct hb_bpf_target *target = of->target;
    printf("found %d reads %lu bytes %lu hits %lu eofs %lu errors %lu cut %lu lost %lu untracked %lu\n", of->pid, of->reads, of->bytes,
           of->hits, target->eofs, target->errors, target->cut, of->lost + target->unscanned, target->untracked_fds);
  }
}
