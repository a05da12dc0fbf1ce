/* The numbers of the prefilter's table (pairs.h), for the library and for the kernel program. */
#ifndef HOOKBENCH_SCAN_PAIR_TABLE_H
#define HOOKBENCH_SCAN_PAIR_TABLE_H

#include <stdint.h>

#define HB_PAIRS 4096u
/* bytes taken in one step, and how far behind their beginning the step reads */
#define HB_PAIRS_STEP 16u
#define HB_PAIRS_REACH 18u

#define HB_PAIR_SLOT(pair) (((uint32_t)(pair) * 0x9e3779b1u) >> 20)

/* the low bytes of four entries: groups that have such a pair as the first one seen */
#define HB_FIRSTS 0x00ff00ff00ff00ffull

#endif
