/* Sockets of other processes, looked at through descriptors of our own. */
#ifndef HOOKBENCH_BPF_SOCKETS_H
#define HOOKBENCH_BPF_SOCKETS_H

#include <sys/types.h>

/* Calls `look` with a descriptor for each socket of the process until it returns other than 0, and returns that; -1 with errno when the process
 * can't be looked into. */
int hb_each_socket(pid_t pid, int (*look)(int fd, void *context), void *context);

/* A directory descriptor of the process's control group (version 2), or -1 with errno. Needs no mount. */
int hb_cgroup_of(pid_t pid);

#endif
