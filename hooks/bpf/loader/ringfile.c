#define _GNU_SOURCE
#include "ringfile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *check(const struct hb_ring_header *header, uint64_t size, int blocks) {
  if (header->magic != HB_RING_MAGIC || header->version != HB_ABI_VERSION) return "not a ring file of this version";
  if (header->header_bytes != HB_HEADER_BYTES || header->record_bytes != sizeof(struct hb_record)) return "a ring file of another layout";
  if (header->ring_slots == 0 || header->capacity == 0 || (header->capacity & (header->capacity - 1))) return "no ring in it";
  int made_to_block = header->action == HB_ACTION_BLOCK;
  if (blocks != HB_RING_EITHER && made_to_block != (blocks != 0)) return blocks ? "not for blocking" : "the kernel program does not block";
  uint64_t rings = HB_HEADER_BYTES + (uint64_t)header->ring_slots * sizeof(struct hb_ring);
  if (size < (rings + 4095) / 4096 * 4096 + (uint64_t)header->capacity * sizeof(struct hb_record)) return "cut short";
  return NULL;
}

const char *hb_ring_file_open(struct hb_ring_file *file, const char *path, int blocks) {
  struct stat info;
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return "cannot be opened";
  void *memory = MAP_FAILED;
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size >= (off_t)HB_HEADER_BYTES)
    memory = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (memory == MAP_FAILED) return "cannot be mapped";
  struct hb_ring_header *header = memory;
  const char *problem = check(header, (uint64_t)info.st_size, blocks);
  if (problem) return problem;
  uint64_t rings = HB_HEADER_BYTES + (uint64_t)header->ring_slots * sizeof(struct hb_ring);
  file->header = header;
  file->ring = (struct hb_ring *)((char *)memory + HB_HEADER_BYTES);
  file->records = (struct hb_record *)((char *)memory + (rings + 4095) / 4096 * 4096);
  file->capacity = header->capacity;
  return NULL;
}

void hb_ring_file_put(struct hb_ring_file *file, const struct hb_record *record) {
  struct hb_ring *ring = file->ring;
  uint64_t head = ring->head;
  if (head - __atomic_load_n(&ring->tail, __ATOMIC_RELAXED) >= file->capacity) ring->overwritten++;
  file->records[head & (file->capacity - 1)] = *record;
  ring->reads++;
  ring->bytes += (uint32_t)record->bytes;
  ring->hits += record->flags & HB_FLAG_HIT;
  ring->blocked += (record->flags & HB_FLAG_BLOCKED) != 0;
  __atomic_store_n(&ring->head, head + 1, __ATOMIC_RELEASE);
}
