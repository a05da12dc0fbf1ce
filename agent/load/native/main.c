/* hookbench-load: sequential requests with a clock around each. The protocol is in ../README.md. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "frame.h"
#include "process.h"

#define VERSION "0.1.0"

static int read_options(int argc, char **argv);
static void say_ready(void);

int main(int argc, char **argv) {
  process_setup();
  if (read_options(argc, argv) != 0) return 2;
  process_lock_memory();
  say_ready();
  return commands_serve();
}

static int read_options(int argc, char **argv) {
  if (argc == 1) return 0;
  char *end;
  long cpu = argc == 3 && strcmp(argv[1], "--cpu") == 0 ? strtol(argv[2], &end, 10) : -1;
  if (cpu < 0 || cpu > 1023 || *end != '\0' || end == argv[2]) {
    fprintf(stderr, "usage: hookbench-load [--cpu N]\n");
    return -1;
  }
  if (process_pin((int)cpu) == 0) return 0;
  fprintf(stderr, "hookbench-load: can't pin to core %ld: %s\n", cpu, strerror(errno));
  return -1;
}

static void say_ready(void) {
  char text[64], core[16] = "none";
  int cpu = process_pinned_cpu();
  if (cpu >= 0) snprintf(core, sizeof core, "%d", cpu);
  snprintf(text, sizeof text, "hookbench-load " VERSION " busy-poll cpu=%s", core);
  frame_write_text(FRAME_READY, 0, text);
}
