/* hookbench-trace PID:RING…: traces the system calls of these processes (ptrace) until its standard input ends or SIGTERM comes. Told by
 * the variables of the library (../../README.md). Says "live" when every thread has stopped for it once and goes on, and at the end
 * "found PID cut N". Whatever ends it, the kernel lets all threads go on as they were. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach.h"

#define NAME "hookbench-trace"
#define KICK_MS 10
#define LET_GO_NS 5000000000ull

static volatile sig_atomic_t ending;
static pthread_t tracer;
static int signals = -1;

static int fail(const char *what, const char *problem) {
  fprintf(stderr, "%s: %s: %s\n", NAME, what, problem);
  return 1;
}

static void wake(int number) { (void)number; }

/* The tracer waits for threads and for nothing else; this one waits for the end, and wakes it until it has heard. */
static void *wait_for_end(void *unused) {
  struct pollfd ends[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
  char said[64];
  do poll(ends, 2, -1);
  while (!ends[1].revents && (!ends[0].revents || read(STDIN_FILENO, said, sizeof said) > 0));
  for (ending = 1;; poll(NULL, 0, KICK_MS)) pthread_kill(tracer, SIGUSR1);
  return unused;
}

static void listen_for_end(void) {
  sigset_t set;
  pthread_t thread;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  signals = signalfd(-1, &set, SFD_CLOEXEC);
  sigaction(SIGUSR1, &(struct sigaction){.sa_handler = wake}, NULL);
  tracer = pthread_self();
  pthread_create(&thread, NULL, wait_for_end, NULL);
}

static const char *add_target(const char *text) {
  char *rest;
  long pid = strtol(text, &rest, 10);
  if (pid <= 0 || *rest != ':') return "not PID:RING";
  if (hb_target_count == HB_MOST_TARGETS) return "too many processes";
  struct hb_target *target = calloc(1, sizeof *target);
  if (!target) return "no memory";
  target->pid = (pid_t)pid;
  hb_targets[hb_target_count++] = target;
  return hb_ring_file_open(&target->ring, rest + 1, HB_RING_EITHER);
}

static void say_live(void) {
  for (uint32_t i = 0; i < hb_target_count; i++) hb_outside_announce(&hb_targets[i]->ring, (uint32_t)hb_targets[i]->pid);
  puts("live");
  fflush(stdout);
}

/* Until there is nobody to trace, or it is time to end and all were let go. A thread in an uninterruptible wait is given up after a while:
 * our own end lets it go, too. */
static void trace(void) {
  bool live = false, stopping = false;
  uint64_t until_ns = 0;
  while (hb_thread_count > 0) {
    int status;
    if (!live && hb_unstopped == 0) say_live(), live = true;
    if (ending && !stopping) hb_stop_all(), stopping = true, until_ns = hb_now_ns() + LET_GO_NS;
    if (stopping && hb_now_ns() > until_ns) return;
    pid_t tid = waitpid(-1, &status, __WALL);
    if (tid < 0 && errno == EINTR) continue;
    if (tid < 0) return;
    struct hb_thread *thread = hb_thread_find(tid);
    if (!WIFSTOPPED(status)) hb_thread_forget(tid);
    else if (thread || (thread = hb_thread_note(tid))) hb_stopped(thread, status, stopping);
  }
}

/* A child of ours stops for us and says what it is in. NULL, or why this kernel does not do it. */
static int try_out(void) {
  struct __ptrace_syscall_info info;
  int status;
  pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  const char *problem = NULL;
  if (child < 0) return fail("fork", strerror(errno));
  if (ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_TRACESYSGOOD) != 0 || ptrace(PTRACE_INTERRUPT, child, 0, 0) != 0) problem = strerror(errno);
  else if (waitpid(child, &status, __WALL) != child || !WIFSTOPPED(status)) problem = "it did not stop";
  else if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0) problem = "no PTRACE_GET_SYSCALL_INFO (Linux 5.3)";
  kill(child, SIGKILL);
  while (waitpid(child, &status, __WALL) == child && WIFSTOPPED(status)) continue;
  return problem ? fail("ptrace", problem) : 0;
}

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc == 2 && strcmp(argv[1], "--try") == 0) return try_out();
  if (argc < 2) return fputs("usage: hookbench-trace PID:RING... | --try\n", stderr), 2;
  if (!hb_outside_start(NAME)) return 2;
  for (int i = 1; i < argc; i++) {
    const char *problem = add_target(argv[i]);
    if (problem) return fail(argv[i], problem);
  }
  listen_for_end();
  for (uint32_t i = 0; i < hb_target_count; i++) {
    const char *problem = hb_attach(hb_targets[i]);
    if (problem) return fail("not attached", problem);
  }
  trace();
  for (uint32_t i = 0; i < hb_target_count; i++)
    printf("found %d cut %llu\n", (int)hb_targets[i]->pid, (unsigned long long)hb_targets[i]->cut);
  return 0;
}
