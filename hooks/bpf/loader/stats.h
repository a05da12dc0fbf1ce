/* The kernel's own account of what its programs take: kept only while somebody asks for it, since asking makes every program slower. */
#ifndef HOOKBENCH_BPF_STATS_H
#define HOOKBENCH_BPF_STATS_H

/* Asks for it until standard input ends, and says "counting" when the kernel has begun. Ends with the process, however that ends.
 * Returns the exit code. */
int hb_stats(void);

#endif
