/* Another process's memory. */
#ifndef HOOKBENCH_BOUNDARY_MEMORY_H
#define HOOKBENCH_BOUNDARY_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#define HB_MOST_PARTS 1024u /* UIO_MAXIOV: the kernel refuses more */

bool hb_memory_read(pid_t pid, uint64_t from, void *to, size_t size);
bool hb_memory_write(pid_t pid, uint64_t to, const void *from, size_t size);

/* The parts of a readv or recvmsg, as given by the program. */
bool hb_memory_parts(pid_t pid, uint64_t at, uint64_t count, struct iovec *parts);

/* Bytes from and to several parts, as one sequence of `size`. */
bool hb_memory_gather(pid_t pid, const struct iovec *parts, size_t count, void *to, size_t size);
bool hb_memory_scatter(pid_t pid, const struct iovec *parts, size_t count, const void *from, size_t size);

#endif
