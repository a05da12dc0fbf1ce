/* The compiled kernel programs, which the loader carries within itself. */
#ifndef HOOKBENCH_BPF_OBJECTS_H
#define HOOKBENCH_BPF_OBJECTS_H

#include <stddef.h>

#include "options.h"

const void *hb_object(enum hb_form form, size_t *size);
const void *hb_capability_object(size_t *size);

#endif
