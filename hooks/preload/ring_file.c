/* Opening the shared file, which is the agent's and may be anything: every number in it is checked before it is used. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libc.h"
#include "real.h"
#include "ring.h"

#define MOST_SLOTS 65536u
#define MOST_CAPACITY (1u << 24)

static size_t mapped_bytes;

static size_t records_offset(uint32_t slots) {
  size_t end = HB_HEADER_BYTES + (size_t)slots * sizeof(struct hb_ring);
  return (end + 4095) & ~(size_t)4095;
}

static const char *check(const struct hb_ring_header *header, size_t file_bytes) {
  if (header->magic != HB_RING_MAGIC) return "not a ring file";
  if (header->version != HB_ABI_VERSION) return "made for another ABI version";
  if (header->header_bytes != HB_HEADER_BYTES || header->record_bytes != sizeof(struct hb_record))
    return "other header or record size";
  if (header->ring_slots == 0 || header->ring_slots > MOST_SLOTS) return "ring_slots out of range";
  if (header->capacity == 0 || header->capacity > MOST_CAPACITY || (header->capacity & (header->capacity - 1)))
    return "capacity is not a power of two up to 2^24";
  size_t needed = records_offset(header->ring_slots) +
                  (size_t)header->ring_slots * header->capacity * sizeof(struct hb_record);
  if (file_bytes < needed) return "shorter than its header says";
  return NULL;
}

static const char *map(int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return "not a regular file";
  if ((size_t)info.st_size < HB_HEADER_BYTES) return "not a ring file";
  mapped_bytes = (size_t)info.st_size;
  uint8_t *base = mmap(NULL, mapped_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (base == MAP_FAILED) return "cannot be mapped";
  hb_ring_file.header = (struct hb_ring_header *)base;
  /* one look: whoever else has the file may change it between a check and a use */
  struct hb_ring_header header = *(const volatile struct hb_ring_header *)base;
  const char *problem = check(&header, mapped_bytes);
  if (problem) {
    hb_ring_close();
    return problem;
  }
  hb_ring_file.slots = header.ring_slots;
  hb_ring_file.capacity = header.capacity;
  hb_ring_file.rings = (struct hb_ring *)(base + HB_HEADER_BYTES);
  hb_ring_file.records = (struct hb_record *)(base + records_offset(hb_ring_file.slots));
  /* The counters' pages now, each ring's records when it is claimed. EFAULT: the tmpfs is full, and a store would be SIGBUS. */
  size_t counters = records_offset(hb_ring_file.slots);
  if (madvise(base, counters, MADV_POPULATE_WRITE) != 0 && errno == EFAULT) {
    hb_ring_close();
    return "no room left in its filesystem";
  }
  return NULL;
}

const char *hb_ring_open(const char *path) {
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return "cannot be opened";
  const char *problem = map(fd);
  hb_real.close(fd);
  return problem;
}

void hb_ring_close(void) {
  if (hb_ring_file.header) munmap(hb_ring_file.header, mapped_bytes);
  memset(&hb_ring_file, 0, sizeof hb_ring_file);
}
