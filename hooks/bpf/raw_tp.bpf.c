/* Form raw_tp: the same tracepoints as tp_btf, for kernels without BTF: registers are copied out of the kernel's memory. */
#define HB_WITHOUT_BTF
#include "syscall.h"

/* Where the arguments lie in the kernel's struct pt_regs, which is part of its interface to debuggers. */
#if defined(HB_ARCH_x86_64)
struct arguments {
  uint64_t dx, si, di;
};
#define ARGUMENTS_AT 96
#define FOURTH_AT 56
#elif defined(HB_ARCH_aarch64)
struct arguments {
  uint64_t di, si, dx;
};
#define ARGUMENTS_AT 0
#define FOURTH_AT 24
#endif

SEC("raw_tp/sys_enter")
int enter(uint64_t *context) {
  if (config.level == HB_LEVEL_EMPTY) return 0;
  struct self me = self();
  struct hb_bpf_target *target = target_of(me.tgid);
  if (!target) return 0;
  long nr = (long)context[1];
  uint32_t kind = kind_of(nr);
  if (!kind && nr != HB_NR_close) return 0;
  struct arguments given;
  if (bpf_probe_read_kernel(&given, sizeof given, (const void *)(context[0] + ARGUMENTS_AT)) != 0) return 0;
  if (nr == HB_NR_close) {
    track(target, (uint32_t)given.di, 0);
    return 0;
  }
  struct entry entry = {.kind = kind, .fd = (uint32_t)given.di, .address = given.si, .length = given.dx};
  if (kind == KIND_RECV && bpf_probe_read_kernel(&entry.flags, sizeof entry.flags, (const void *)(context[0] + FOURTH_AT)) != 0) return 0;
  note(target, me.tid, &entry);
  return 0;
}

SEC("raw_tp/sys_exit")
int leave(uint64_t *context) {
  left((int64_t)context[1]);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
