/* The traced threads and the watched processes they belong to. */
#ifndef HOOKBENCH_TRACE_THREADS_H
#define HOOKBENCH_TRACE_THREADS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "../outside.h"

#define HB_MOST_TARGETS 64u
#define HB_FDS (1u << 20)

struct hb_target {
  pid_t pid;
  struct hb_ring_file ring;
  uint64_t fds[HB_FDS / 64]; /* bit: came from accept, or is a copy of such a one */
  uint64_t cut;              /* reads of more than HB_MOST_BYTES */
};

enum hb_kind { HB_CALL_NONE, HB_CALL_READ, HB_CALL_VECTOR, HB_CALL_FROM, HB_CALL_MESSAGE, HB_CALL_ACCEPT, HB_CALL_DUP };

struct hb_thread {
  pid_t tid;
  struct hb_target *target; /* NULL: of a process that is not watched */
  struct hb_thread *next;
  bool stopped_once; /* its system calls are traced from then on */
  /* the call it is in */
  enum hb_kind kind;
  uint64_t args[6];
  uint64_t start_ns;
  socklen_t room;        /* what a blocked recvfrom gives back: the length of the address, as it was */
  struct msghdr message; /* and of recvmsg */
};

extern struct hb_target *hb_targets[HB_MOST_TARGETS];
extern uint32_t hb_target_count, hb_thread_count, hb_unstopped;

struct hb_thread *hb_thread_find(pid_t tid);
/* Also for one that shows itself before the one that made it does. NULL without memory. */
struct hb_thread *hb_thread_note(pid_t tid);
void hb_thread_forget(pid_t tid);
void hb_thread_has_stopped(struct hb_thread *thread);
void hb_threads_each(void (*what)(struct hb_thread *thread));

#endif
