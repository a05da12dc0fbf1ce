/* The environment, without libc's getenv and setenv: programs such as bash bring their own, which are not to be called before
 * main. */
#ifndef HOOKBENCH_PRELOAD_ENV_H
#define HOOKBENCH_PRELOAD_ENV_H

/* The value of a variable, or NULL. */
const char *hb_env(const char *name);

/* Takes this library out of LD_PRELOAD, so that programs started from here run without it. Other entries stay. */
void hb_env_leave_preload(void);

#endif
