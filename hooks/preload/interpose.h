#ifndef HOOKBENCH_PRELOAD_INTERPOSE_H
#define HOOKBENCH_PRELOAD_INTERPOSE_H

/* The fd is about to be closed. Keeps errno. */
void hb_note_close(int fd);

#endif
