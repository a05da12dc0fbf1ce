/* What the parts of the supervisor share. One thread: calls are taken, answered and recorded one after the other. */
#ifndef HOOKBENCH_NOTIFY_SUPERVISOR_H
#define HOOKBENCH_NOTIFY_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../outside.h"
#include "tasks.h"

struct hb_supervisor {
  int epoll;
  int listener; /* -1 until a launcher has handed it over */
  pid_t root;   /* what the launcher became */
  bool started; /* it has executed its program */
  struct hb_ring_file ring;
};
extern struct hb_supervisor hb_supervisor;

/* A held call. */
struct hb_call {
  uint64_t id;
  struct hb_process *process;
  pid_t tid;
  int number;
  int fd; /* our copy of the descriptor it is about */
  uint64_t args[6];
  uint64_t start_ns;
};

/* An attempt at a call: over, or to be made again when its descriptor has something. */
enum hb_attempt { HB_OVER, HB_LATER };
enum hb_attempt hb_read_attempt(const struct hb_call *call);
enum hb_attempt hb_accept_attempt(const struct hb_call *call);

/* Answers. Each is false when the call is no more: a signal came, or the program ended. */
bool hb_answer(uint64_t id, int64_t value, int error);
bool hb_let_through(uint64_t id);
bool hb_is_waited_for(uint64_t id);
/* Puts a descriptor of ours into the program: its number there, or -errno. @param answers the call is answered with that number */
int hb_give_fd(uint64_t id, int fd, uint32_t fd_flags, bool answers);

/* Would the call wait? False for descriptors and calls that do not. */
bool hb_is_blocking(const struct hb_call *call, int flags);

/* Keeps a call that is to be made again; our copy of its descriptor is the keeper's from now on. */
void hb_wait_for(const struct hb_call *call);
void hb_wait_ready(uint32_t index);
/* Looks after all that wait: those that are no more, and those whose time is up. */
void hb_wait_sweep(void);
bool hb_waits(void);

#endif
