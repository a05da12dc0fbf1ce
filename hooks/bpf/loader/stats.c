/* BPF_ENABLE_STATS instead of the sysctl kernel.bpf_stats_enabled: it ends with the descriptor, so there is nothing to put back. */
#define _GNU_SOURCE
#include "stats.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int hb_stats(void) {
  int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
  if (fd < 0) {
    fprintf(stderr, "run-time statistics are refused here: %s\n", strerror(-fd));
    return 1;
  }
  printf("counting\n");
  fflush(stdout);
  char said[64];
  while (read(STDIN_FILENO, said, sizeof said) > 0) continue;
  close(fd);
  return 0;
}
