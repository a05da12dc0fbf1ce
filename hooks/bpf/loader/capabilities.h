/* Which ways of stopping a program's call from within the kernel this kernel allows: found by loading a tiny program for each. */
#ifndef HOOKBENCH_BPF_CAPABILITIES_H
#define HOOKBENCH_BPF_CAPABILITIES_H

/* One line for each on standard output: NAME supported|refused WORDS. Returns the exit code. */
int hb_capabilities(void);

#endif
