/* Whose call it is: the thread that a notification names, and its process. */
#ifndef HOOKBENCH_NOTIFY_TASKS_H
#define HOOKBENCH_NOTIFY_TASKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct hb_process {
  pid_t pid; /* 0: free */
  int pidfd;
  bool left; /* executes another program: not hooked */
};

/* The process of a thread, noted when it is new; its end is watched through `epoll`. NULL when there is none, or no room. */
struct hb_process *hb_process_of(pid_t tid, int epoll);

/* A process has ended. `index` as given to epoll. */
void hb_process_forget(uint32_t index);

/* The process's descriptor as one of ours, -1 when it has none. */
int hb_process_fd(const struct hb_process *process, int fd);

#endif
