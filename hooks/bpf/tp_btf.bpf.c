/* Form tp_btf: the tracepoints of all system calls, arguments by BTF. Every system call of every process passes here. */
#include "syscall.h"

SEC("tp_btf/sys_enter")
int enter(uint64_t *context) {
  if (config.level == HB_LEVEL_EMPTY) return 0;
  struct self me = self();
  struct hb_bpf_target *target = target_of(me.tgid);
  if (!target) return 0;
  struct pt_regs *regs = (struct pt_regs *)context[0];
  long nr = (long)context[1];
  if (nr == HB_NR_close) {
    track(target, (uint32_t)HB_ARGUMENT_0(regs), 0);
    return 0;
  }
  uint32_t kind = kind_of(nr);
  if (!kind) return 0;
  struct entry entry = {.kind = kind, .fd = (uint32_t)HB_ARGUMENT_0(regs), .address = HB_ARGUMENT_1(regs), .length = HB_ARGUMENT_2(regs)};
  if (kind == KIND_RECV) entry.flags = HB_ARGUMENT_3(regs);
  note(target, me.tid, &entry);
  return 0;
}

SEC("tp_btf/sys_exit")
int leave(uint64_t *context) {
  left((int64_t)context[1]);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
