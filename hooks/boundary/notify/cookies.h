/* The accepted sockets, by the number that the kernel gives each socket once and never again (SO_COOKIE): whatever descriptor, in
 * whatever process, a read comes by, it is the same socket. */
#ifndef HOOKBENCH_NOTIFY_COOKIES_H
#define HOOKBENCH_NOTIFY_COOKIES_H

#include <stdbool.h>
#include <stdint.h>

/* 0 for what is no socket. */
uint64_t hb_cookie_of(int fd);

/* False when there is no memory. */
bool hb_cookie_add(uint64_t cookie);
bool hb_cookie_known(uint64_t cookie);

#endif
