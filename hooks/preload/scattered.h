/* Bytes that one call spread over several buffers (readv, recvmsg). They are one sequence: a keyword may lie across them. */
#ifndef HOOKBENCH_PRELOAD_SCATTERED_H
#define HOOKBENCH_PRELOAD_SCATTERED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "../scan/ac.h"

/* The first match in the first `bytes` bytes of the parts, as hb_ac_scan. */
uint16_t hb_scattered_scan(const struct hb_ac *ac, const struct iovec *parts, size_t bytes);

/* Sets the first `bytes` bytes of the parts to 0. */
void hb_scattered_zero(const struct iovec *parts, size_t bytes);

#endif
