#define _GNU_SOURCE
#include "tasks.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../status.h"
#include "events.h"

#define PROCESSES 1024u
#define THREADS 4096u /* a power of two */

static struct hb_process processes[PROCESSES];
/* a guess, asked of the kernel before it is believed */
static struct {
  pid_t tid;
  struct hb_process *process;
} guesses[THREADS];

static struct hb_process *known(pid_t pid) {
  for (uint32_t i = 0; i < PROCESSES; i++)
    if (processes[i].pid == pid) return &processes[i];
  return NULL;
}

static struct hb_process *note(pid_t pid, int epoll) {
  struct hb_process *process = known(0);
  int pidfd = process ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
  if (pidfd < 0) return NULL;
  *process = (struct hb_process){.pid = pid, .pidfd = pidfd};
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = HB_EVENT(HB_EVENT_PROCESS, process - processes)};
  epoll_ctl(epoll, EPOLL_CTL_ADD, pidfd, &event);
  return process;
}

struct hb_process *hb_process_of(pid_t tid, int epoll) {
  uint32_t slot = (uint32_t)tid & (THREADS - 1);
  struct hb_process *process = guesses[slot].process;
  if (guesses[slot].tid == tid && process && process->pid && syscall(SYS_tgkill, process->pid, tid, 0) == 0) return process;
  pid_t pid = hb_status_number(tid, "Tgid");
  if (pid <= 0) return NULL;
  process = known(pid);
  if (!process) process = note(pid, epoll);
  guesses[slot].tid = tid;
  guesses[slot].process = process;
  return process;
}

void hb_process_forget(uint32_t index) {
  close(processes[index].pidfd); /* nobody else has it, so that takes it out of epoll, too */
  processes[index].pid = 0;
}

int hb_process_fd(const struct hb_process *process, int fd) { return (int)syscall(SYS_pidfd_getfd, process->pidfd, fd, 0); }
