/* What the library's hook calls as the real functions (../preload/real.h) are here the system calls themselves. */
#ifndef HOOKBENCH_SUD_REAL_H
#define HOOKBENCH_SUD_REAL_H

#include <pthread.h>

#include "../preload/real.h"

extern int (*hb_real_pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

#endif
