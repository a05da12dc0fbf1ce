#define _GNU_SOURCE
#include "process.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

volatile sig_atomic_t process_ending;
volatile sig_atomic_t process_interrupted;

static bool single_core;

static void on_signal(int number) {
  if (number == SIGTERM) process_ending = 1;
  process_interrupted = 1;
}

void process_setup(void) {
  pid_t parent = getppid();
  struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: a blocked read of a command ends */
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGUSR2, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) exit(0);
  single_core = process_pinned_cpu() >= 0;
}

int process_pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return sched_setaffinity(0, sizeof set, &set);
}

int process_pinned_cpu(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) != 1) return -1;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (CPU_ISSET(cpu, &set)) return cpu;
  }
  return -1;
}

bool process_single_core(void) { return single_core; }

void process_lock_memory(void) {
  if (mlockall(MCL_CURRENT) != 0) return;
}
