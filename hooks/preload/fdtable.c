#define _GNU_SOURCE
#include "fdtable.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "process.h"

/* The kernel's default fs.nr_open: a privileged program may raise its own hard limit to this after our start. */
#define LEAST_FDS (1u << 20)
/* Some container runtimes set hard limits of 2^30. Fds past this are counted in untracked_fds. */
#define MOST_FDS (1u << 26)
#define ENOUGH_FDS (1u << 14)

struct hb_fdtable hb_fdtable;

static uint32_t wanted_fds(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max < LEAST_FDS) return LEAST_FDS;
  return limit.rlim_max > MOST_FDS ? MOST_FDS : (uint32_t)limit.rlim_max;
}

uint32_t hb_fdtable_reserve(void) {
  /* A program under a tight RLIMIT_AS may have no room for the whole: a smaller table is better than no hook. */
  for (uint32_t fds = wanted_fds(); fds >= ENOUGH_FDS; fds /= 2) {
    void *memory = mmap(NULL, fds, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) continue;
    hb_fdtable.tracked = memory;
    return fds;
  }
  return 0;
}

void hb_fdtable_open(uint32_t limit, uint32_t functions) {
  for (uint32_t function = 0; function < HB_FUNCTIONS; function++)
    if (functions & (1u << function)) __atomic_store_n(&hb_fdtable.limits[function], limit, __ATOMIC_RELEASE);
  __atomic_store_n(&hb_fdtable.limit, limit, __ATOMIC_RELEASE);
}

bool hb_fd_set(int fd, bool tracked) {
  if (fd < 0) return true;
  uint32_t limit = __atomic_load_n(&hb_fdtable.limit, __ATOMIC_ACQUIRE);
  if ((uint32_t)fd >= limit) return !tracked || limit == 0;
  /* Only a change is written: descriptors that were never accepted sockets touch no page and cost no system call here. */
  if (__atomic_load_n(&hb_fdtable.tracked[fd], __ATOMIC_RELAXED) == tracked) return true;
  int saved = errno;
  if (hb_process_owns_memory()) __atomic_store_n(&hb_fdtable.tracked[fd], tracked, __ATOMIC_RELAXED);
  errno = saved;
  return true;
}
