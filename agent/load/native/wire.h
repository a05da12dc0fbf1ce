#ifndef HOOKBENCH_LOAD_WIRE_H
#define HOOKBENCH_LOAD_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "failure.h"

/* What a wait for the other end is bounded by. */
struct deadline {
  uint64_t at_ns;
  uint32_t timeout_ms;
};

struct deadline deadline_in(uint32_t timeout_ms);

/* -1 when it has passed or the run was interrupted. */
int deadline_check(const struct deadline *deadline, struct failure *failure);

/* A connected, non-blocking socket with TCP_NODELAY; -1 with the failure said. */
int wire_connect(uint32_t ipv4_be, uint16_t port, const struct deadline *deadline, struct failure *failure);

/* Sends all bytes, spinning where the socket is full. */
int wire_send(int fd, const void *bytes, size_t length, const struct deadline *deadline, struct failure *failure);

/* Spins until there is something to receive; more than 0 bytes or -1. */
ssize_t wire_receive(int fd, void *buffer, size_t capacity, const struct deadline *deadline, struct failure *failure);

/* Whether an idle connection was ended by the other side. */
int wire_is_stale(int fd);

#endif
