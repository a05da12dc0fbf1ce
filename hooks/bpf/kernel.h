/* The few kernel types that the programs look into. Their fields are found by name at load (CO-RE), so one build fits all kernels. */
#ifndef HOOKBENCH_BPF_KERNEL_H
#define HOOKBENCH_BPF_KERNEL_H

#include <linux/bpf.h>
#include <stdint.h>

#include <bpf/bpf_helpers.h>

#ifndef HB_WITHOUT_BTF
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct task_struct {
  int pid;
  int tgid;
};
struct pt_regs {
#if defined(HB_ARCH_x86_64)
  unsigned long r10, ax, dx, si, di;
#elif defined(HB_ARCH_aarch64)
  uint64_t regs[31];
#endif
};
#pragma clang attribute pop
#endif

/* Keeps the compiler from reasoning about a value: it would otherwise drop bounds that the verifier needs. */
#define HB_OPAQUE(value) __asm__ volatile("" : "+r"(value))

#if defined(HB_ARCH_x86_64)
#define HB_ARGUMENT_0(regs) ((regs)->di)
#define HB_ARGUMENT_1(regs) ((regs)->si)
#define HB_ARGUMENT_2(regs) ((regs)->dx)
#define HB_ARGUMENT_3(regs) ((regs)->r10)
enum { HB_NR_read = 0, HB_NR_close = 3, HB_NR_readv = 19, HB_NR_dup = 32, HB_NR_dup2 = 33, HB_NR_accept = 43, HB_NR_recvfrom = 45,
       HB_NR_recvmsg = 47, HB_NR_accept4 = 288, HB_NR_dup3 = 292 };
#elif defined(HB_ARCH_aarch64)
#define HB_ARGUMENT_0(regs) ((regs)->regs[0])
#define HB_ARGUMENT_1(regs) ((regs)->regs[1])
#define HB_ARGUMENT_2(regs) ((regs)->regs[2])
#define HB_ARGUMENT_3(regs) ((regs)->regs[3])
enum { HB_NR_read = 63, HB_NR_close = 57, HB_NR_readv = 65, HB_NR_dup = 23, HB_NR_dup2 = -2, HB_NR_accept = 202, HB_NR_recvfrom = 207,
       HB_NR_recvmsg = 212, HB_NR_accept4 = 242, HB_NR_dup3 = 24 };
#else
#error "no system call numbers for this processor"
#endif

#endif
