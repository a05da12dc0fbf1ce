/* Put before hooks/preload/hook.c by the bench: the hook with its scan and without its record. */
#include "ring.h"
#define hb_ring_write(record) __asm__ volatile("" ::"r"(record) : "memory")
