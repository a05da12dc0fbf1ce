/* hookbench-bpf: loads the kernel program, proves it live, carries its records into the ring files, and takes everything away with it when
 * it ends: on end of its standard input, SIGTERM, SIGINT, or its parent's death. What it holds of the kernel are file descriptors and the
 * links behind them, so that even after SIGKILL nothing stays attached. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach.h"
#include "capabilities.h"
#include "collect.h"
#include "own.h"
#include "stats.h"
#include "verdict.h"

/* A fifth of the time that it takes to fill the kernel's memory with the shortest reads. */
#define COLLECT_EVERY_MS 15
#define CANARY_EVERY_MS 2
/* inode of the pid namespace that the kernel starts with */
#define FIRST_PID_NAMESPACE 0xeffffffcu

static struct hb_options options;
static struct hb_tables tables;
static struct hb_collector collector;
static struct hb_attached attached;

static int refuse(const char *what, const char *problem) {
  fprintf(stderr, "hookbench-bpf: %s: %s\n", what, problem);
  return 1;
}

/* Process ids are given as the agent sees them; the programs see the kernel's own. */
static int in_first_pid_namespace(void) {
  struct stat info;
  return stat("/proc/self/ns/pid", &info) != 0 || info.st_ino == FIRST_PID_NAMESPACE;
}

/* The first form that this kernel takes, from the cheapest on; what was refused is said. */
static int attach_somehow(void) {
  static const enum hb_form in_turn[] = {HB_FORM_FENTRY, HB_FORM_TP_BTF, HB_FORM_RAW_TP, HB_FORM_TP};
  char problem[256] = "";
  for (size_t i = 0; i < sizeof in_turn / sizeof *in_turn; i++) {
    enum hb_form form = options.form == HB_FORM_AUTO ? in_turn[i] : options.form;
    if (hb_load(&attached, form, &options, &tables, problem, sizeof problem) == 0) {
      const char *unmapped = hb_collect_from(&collector, attached.object);
      if (unmapped) return refuse(hb_form_names[form], unmapped);
      if (hb_attach(&attached, form, &options, problem, sizeof problem) == 0) {
        printf("form %s\n", hb_form_names[form]);
        return 0;
      }
    }
    printf("refused %s: %s\n", hb_form_names[form], problem);
    if (options.form != HB_FORM_AUTO) break;
  }
  fflush(stdout);
  return refuse("not attached", problem);
}

static int has_sung(void) {
  for (uint32_t i = 0; i < collector.count; i++)
    if (collector.of[i].pid == options.canary && collector.of[i].hits > 0) return 1;
  return 0;
}

/* Until it is told to end. Standard input has nothing to say but its end. */
static void run(int signals) {
  int dropped = hb_verdict_dropped(&attached, &options);
  struct pollfd ends[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals, .events = POLLIN}, {.fd = dropped, .events = POLLIN}};
  int live = 0;
  for (;;) {
    if (!live && (!options.canary || has_sung())) {
      live = 1;
      hb_collect_announce(&collector, &tables);
      printf("live\n");
      fflush(stdout);
    }
    int events = poll(ends, 3, live ? COLLECT_EVERY_MS : CANARY_EVERY_MS);
    if (events < 0 && errno != EINTR) return;
    char said[256];
    if (ends[1].revents || (ends[0].revents && read(STDIN_FILENO, said, sizeof said) <= 0)) return;
    hb_verdict_end();
    if (options.level == HB_LEVEL_FULL) hb_collect(&collector, 0);
  }
}

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc == 2 && strcmp(argv[1], "--capabilities") == 0) return hb_capabilities();
  if (argc == 2 && strcmp(argv[1], "--stats") == 0) return hb_stats();
  if (argc >= 3 && strcmp(argv[1], "--object") == 0) return hb_own_object(argv[2], argv + 3);
  hb_options_read(&options, argc, argv);
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  sigprocmask(SIG_BLOCK, &ending, NULL);
  signal(SIGPIPE, SIG_IGN);
  int signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
  /* before 5.11 the kernel counted maps as locked memory */
  setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
  hb_log_to(options.log);
  if (!in_first_pid_namespace()) return refuse("process ids", "this is not the host's pid namespace (hostPID)");
  const char *problem = hb_tables_make(&tables, options.keywords);
  if (problem) return refuse(options.keywords, problem);
  if ((problem = hb_collect_files(&collector, &options))) return refuse("a ring file", problem);
  if (attach_somehow() != 0) return 1;
  fflush(stdout);
  run(signals);
  if (options.form == HB_FORM_SK_SKB)
    hb_verdict_leave(&attached, &collector);
  else
    hb_detach(&attached);
  hb_collect(&collector, 1);
  hb_collect_report(&collector);
  printf("detached\n");
  fflush(stdout);
  if (options.form == HB_FORM_SK_SKB) hb_verdict_linger(&attached, signals);
  hb_unload(&attached);
  return 0;
}
