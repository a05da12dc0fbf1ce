/* Form tp: the tracepoints of single system calls. The dearest one: each event is first laid out for perf. Needs no BTF. */
#define HB_WITHOUT_BTF
#include "hook.h"

struct entry_event {
  uint64_t common;
  uint64_t nr;
  uint64_t argument[6];
};

struct exit_event {
  uint64_t common;
  uint64_t nr;
  int64_t result;
};

#define ENTER(call, what)                                                                                                   \
  SEC("tp/syscalls/sys_enter_" #call) int enter_##call(struct entry_event *event) {                                         \
    entered((struct entry){what, (uint32_t)event->argument[0], event->argument[1], event->argument[2], 0});                 \
    return 0;                                                                                                               \
  }
#define ENTER_4(call, what)                                                                                                 \
  SEC("tp/syscalls/sys_enter_" #call) int enter_##call(struct entry_event *event) {                                         \
    uint64_t *given = event->argument;                                                                                      \
    entered((struct entry){what, (uint32_t)given[0], given[1], given[2], given[3]});                                        \
    return 0;                                                                                                               \
  }
/* A tracepoint has only as many arguments as its call. */
#define ENTER_1(call, what)                                                                                                 \
  SEC("tp/syscalls/sys_enter_" #call) int enter_##call(struct entry_event *event) {                                         \
    entered((struct entry){what, (uint32_t)event->argument[0], 0, 0, 0});                                                   \
    return 0;                                                                                                               \
  }
#define LEAVE(call)                                                                                                         \
  SEC("tp/syscalls/sys_exit_" #call) int leave_##call(struct exit_event *event) {                                           \
    left(event->result);                                                                                                    \
    return 0;                                                                                                               \
  }
#define ENTER_CLOSE                                                                                                         \
  SEC("tp/syscalls/sys_enter_close") int enter_close(struct entry_event *event) {                                           \
    entered_close((uint32_t)event->argument[0]);                                                                            \
    return 0;                                                                                                               \
  }

#include "each_call.h"

char LICENSE[] SEC("license") = "GPL";
