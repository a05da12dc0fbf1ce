/* Form uprobe: libc's own functions, in the watched processes alone. The loader attaches each program where it is told. */
#define HB_WITHOUT_BTF
#include "hook.h"

/* Registers of the program, as a uprobe is given them: the beginning of struct pt_regs as debuggers know it. */
struct user_regs {
#if defined(HB_ARCH_x86_64)
  uint64_t r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
#elif defined(HB_ARCH_aarch64)
  uint64_t regs[31];
#endif
};

#if defined(HB_ARCH_x86_64)
#define GIVEN(regs, n) ((n) == 0 ? (regs)->di : (n) == 1 ? (regs)->si : (regs)->dx)
#define RETURNED(regs) ((regs)->ax)
#elif defined(HB_ARCH_aarch64)
#define GIVEN(regs, n) ((regs)->regs[n])
#define RETURNED(regs) ((regs)->regs[0])
#endif

#define ENTER(call, what)                                                                                                   \
  SEC("uprobe") int enter_##call(struct user_regs *regs) {                                                                  \
    entered((struct entry){what, (uint32_t)GIVEN(regs, 0), GIVEN(regs, 1), GIVEN(regs, 2), 0});                             \
    return 0;                                                                                                               \
  }

/* What a system call or a function returned: libc gives -1, the kernel the negative error. */
SEC("uprobe") int leave_call(struct user_regs *regs) {
  left((int64_t)RETURNED(regs));
  return 0;
}

/* The same for functions of libc that return an int. */
SEC("uprobe") int leave_int(struct user_regs *regs) {
  left((int32_t)RETURNED(regs));
  return 0;
}

ENTER(read, KIND_READ)
ENTER(accept, KIND_ACCEPT)
ENTER(dup, KIND_DUP)

SEC("uprobe") int enter_close(struct user_regs *regs) {
  entered_close((uint32_t)GIVEN(regs, 0));
  return 0;
}

/* libuv closes by syscall(SYS_close, fd). */
SEC("uprobe") int enter_syscall(struct user_regs *regs) {
  if (GIVEN(regs, 0) == HB_NR_close) entered_close((uint32_t)GIVEN(regs, 1));
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
