#define _GNU_SOURCE
#include "process.h"

#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libc.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18 /* linux 4.14 */
#endif

struct hb_process *hb_process;

static void adopt_in_child(void) { hb_process->pid = (uint32_t)getpid(); }

/* Weak, so that the loader of the other libc, which has not got it, does not end the program for it. */
#if HB_GLIBC
/* what pthread_atfork() calls, which is no symbol of the shared libc */
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *library) __attribute__((weak));
extern void *__dso_handle __attribute__((visibility("hidden")));
static void adopt_at_fork(void) {
  if (__register_atfork) __register_atfork(NULL, NULL, adopt_in_child, &__dso_handle);
}
#else
extern int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) __attribute__((weak));
static void adopt_at_fork(void) {
  if (pthread_atfork) pthread_atfork(NULL, NULL, adopt_in_child);
}
#endif

bool hb_process_start(void) {
  long page = sysconf(_SC_PAGESIZE);
  void *memory = mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  /* Where the kernel cannot wipe, the atfork handler below still covers every fork() made through libc. */
  madvise(memory, (size_t)page, MADV_WIPEONFORK);
  hb_process = memory;
  hb_process->pid = (uint32_t)getpid();
  /* A plain fork adopts at once, so a vfork made by that child finds its parent's pid here and not a zero. */
  adopt_at_fork();
  return true;
}

uint32_t hb_process_adopt(void) {
  uint32_t pid = __atomic_load_n(&hb_process->pid, __ATOMIC_RELAXED);
  if (pid) return pid;
  pid = (uint32_t)getpid();
  __atomic_store_n(&hb_process->pid, pid, __ATOMIC_RELAXED);
  return pid;
}

bool hb_process_owns_memory(void) { return hb_process_adopt() == (uint32_t)getpid(); }
