#define _GNU_SOURCE
#include "attach.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../native.h"
#include "../status.h"
#include "calls.h"

#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC)

static char problem[160];

/* How many were new; -1 when one was refused. */
static int seize_some(pid_t pid) {
  char path[40];
  int fresh = 0;
  snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
  DIR *tasks = opendir(path);
  if (!tasks) return snprintf(problem, sizeof problem, "process %d is no more", (int)pid), -1;
  for (const struct dirent *entry; fresh >= 0 && (entry = readdir(tasks));) {
    pid_t tid = (pid_t)atoi(entry->d_name), tracer;
    if (tid <= 0 || hb_thread_find(tid)) continue;
    if (ptrace(PTRACE_SEIZE, tid, 0, OPTIONS) == 0) {
      fresh++;
      if (hb_thread_note(tid)) ptrace(PTRACE_INTERRUPT, tid, 0, 0);
    } else if (errno != ESRCH && (tracer = hb_status_number(tid, "TracerPid")) != getpid() && tracer >= 0) {
      int error = errno;
      snprintf(problem, sizeof problem, "thread %d of process %d: %s%s", (int)tid, (int)pid, strerror(error),
               tracer > 0 ? " (another program traces it)" : "");
      fresh = -1;
    }
  }
  closedir(tasks);
  return fresh;
}

const char *hb_attach(struct hb_target *target) {
  int fresh;
  while ((fresh = seize_some(target->pid)) > 0) continue;
  return fresh < 0 ? problem : NULL;
}

static void interrupt(struct hb_thread *thread) { ptrace(PTRACE_INTERRUPT, thread->tid, 0, 0); }

void hb_stop_all(void) { hb_threads_each(interrupt); }

static void at_call(struct hb_thread *thread) {
  struct __ptrace_syscall_info info;
  if (!thread->target || ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, sizeof info, &info) <= 0) return;
  if (info.arch != HB_NATIVE_ARCH) return;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) hb_call_entered(thread, info.entry.nr, (const uint64_t *)info.entry.args);
  if (info.op == PTRACE_SYSCALL_INFO_EXIT) hb_call_left(thread, info.exit.rval);
}

static void let_go(struct hb_thread *thread, int signal) {
  ptrace(PTRACE_DETACH, thread->tid, 0, signal);
  hb_thread_forget(thread->tid);
}

void hb_stopped(struct hb_thread *thread, int status, bool ending) {
  int event = status >> 16, signal = WSTOPSIG(status);
  bool delivers = event == 0 && signal != (SIGTRAP | 0x80);
  hb_thread_has_stopped(thread);
  if (event == 0 && signal == (SIGTRAP | 0x80)) at_call(thread);
  /* another program in the same process is not hooked, nor is a child that is no thread of it */
  if (ending || event == PTRACE_EVENT_EXEC || !thread->target)
    let_go(thread, delivers ? signal : 0);
  else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP)
    ptrace(PTRACE_LISTEN, thread->tid, 0, 0); /* the whole process was stopped, and stays so */
  else
    ptrace(PTRACE_SYSCALL, thread->tid, 0, delivers ? signal : 0);
}
