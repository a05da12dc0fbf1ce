/* An object of somebody else's: loaded, each of its programs attached where its section says, and taken away again. */
#ifndef HOOKBENCH_BPF_OWN_H
#define HOOKBENCH_BPF_OWN_H

/* Says `form object` and `live` when all is attached, and ends with standard input. A hash map "hookbench_pids" with keys of 32 bits gets the
 * processes as keys, their values 1 in the first byte. Returns the exit code. */
int hb_own_object(const char *path, char *const *pids);

#endif
