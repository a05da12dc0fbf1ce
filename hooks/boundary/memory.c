#define _GNU_SOURCE
#include "memory.h"

typedef ssize_t (*transfer)(pid_t, const struct iovec *, unsigned long, const struct iovec *, unsigned long, unsigned long);

static bool move(transfer how, pid_t pid, uint64_t there, void *here, size_t size) {
  if (size == 0) return true;
  struct iovec local = {here, size}, remote = {(void *)(uintptr_t)there, size};
  return how(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

bool hb_memory_read(pid_t pid, uint64_t from, void *to, size_t size) { return move(process_vm_readv, pid, from, to, size); }

bool hb_memory_write(pid_t pid, uint64_t to, const void *from, size_t size) {
  return move(process_vm_writev, pid, to, (void *)(uintptr_t)from, size);
}

bool hb_memory_parts(pid_t pid, uint64_t at, uint64_t count, struct iovec *parts) {
  return count <= HB_MOST_PARTS && hb_memory_read(pid, at, parts, count * sizeof *parts);
}

static bool move_parts(transfer how, pid_t pid, const struct iovec *parts, size_t count, void *here, size_t size) {
  struct iovec local = {here, size}, remote[HB_MOST_PARTS];
  size_t used = 0, left = size;
  for (size_t i = 0; i < count && left > 0; i++) {
    size_t length = parts[i].iov_len < left ? parts[i].iov_len : left;
    if (length > 0) remote[used++] = (struct iovec){parts[i].iov_base, length};
    left -= length;
  }
  if (size == 0) return true;
  return left == 0 && how(pid, &local, 1, remote, used, 0) == (ssize_t)size;
}

bool hb_memory_gather(pid_t pid, const struct iovec *parts, size_t count, void *to, size_t size) {
  return move_parts(process_vm_readv, pid, parts, count, to, size);
}

bool hb_memory_scatter(pid_t pid, const struct iovec *parts, size_t count, const void *from, size_t size) {
  return move_parts(process_vm_writev, pid, parts, count, (void *)(uintptr_t)from, size);
}
