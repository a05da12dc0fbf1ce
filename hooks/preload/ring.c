#define _GNU_SOURCE
#include "ring.h"

struct hb_ring_file hb_ring_file;
__thread struct hb_thread hb_thread;

void hb_ring_count_unringed(void) { __atomic_fetch_add(&hb_ring_file.header->unringed, 1, __ATOMIC_RELAXED); }
