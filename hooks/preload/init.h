/* What a library made of the same parts does before the hook is said to be live. */
#ifndef HOOKBENCH_PRELOAD_INIT_H
#define HOOKBENCH_PRELOAD_INIT_H

/* NULL, or what is wrong. The preload library has none: its functions are found by their names. */
const char *hb_hook_opened(void) __attribute__((weak));

#endif
