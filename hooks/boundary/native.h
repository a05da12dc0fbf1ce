/* The architecture whose system call numbers we know: our own. */
#ifndef HOOKBENCH_BOUNDARY_NATIVE_H
#define HOOKBENCH_BOUNDARY_NATIVE_H

#include <linux/audit.h>

#if defined(__x86_64__) && !defined(__ILP32__)
#define HB_NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define HB_NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "system call numbers are known for x86-64 and arm64 only"
#endif

#endif
