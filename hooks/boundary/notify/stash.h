/* Bytes that were taken off a socket for a call that a signal ended in the same moment: they are the next call's. */
#ifndef HOOKBENCH_NOTIFY_STASH_H
#define HOOKBENCH_NOTIFY_STASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first bytes kept for a socket, `size` at most, without taking them away. Returns how many; 0 for none. */
size_t hb_stash_peek(uint64_t cookie, uint8_t *to, size_t size);
void hb_stash_drop(uint64_t cookie, size_t size);

/* Puts bytes before those that are kept. False when there is no room. */
bool hb_stash_keep(uint64_t cookie, const uint8_t *bytes, size_t size);

#endif
