/* Form fentry: the kernel's functions of the watched system calls alone. Other calls, of whatever process, pay nothing. */
#include "hook.h"

#if defined(HB_ARCH_x86_64)
#define FUNCTION(call) "__x64_sys_" #call
#elif defined(HB_ARCH_aarch64)
#define FUNCTION(call) "__arm64_sys_" #call
#endif

#define ENTER(call, what)                                                                                                   \
  SEC("fentry/" FUNCTION(call)) int enter_##call(uint64_t *context) {                                                       \
    struct pt_regs *regs = (struct pt_regs *)context[0];                                                                    \
    entered((struct entry){what, (uint32_t)HB_ARGUMENT_0(regs), HB_ARGUMENT_1(regs), HB_ARGUMENT_2(regs), 0});              \
    return 0;                                                                                                               \
  }
#define ENTER_4(call, what)                                                                                                 \
  SEC("fentry/" FUNCTION(call)) int enter_##call(uint64_t *context) {                                                       \
    struct pt_regs *regs = (struct pt_regs *)context[0];                                                                    \
    uint64_t flags = HB_ARGUMENT_3(regs);                                                                                   \
    entered((struct entry){what, (uint32_t)HB_ARGUMENT_0(regs), HB_ARGUMENT_1(regs), HB_ARGUMENT_2(regs), flags});          \
    return 0;                                                                                                               \
  }
#define ENTER_1 ENTER
#define LEAVE(call)                                                                                                         \
  SEC("fexit/" FUNCTION(call)) int leave_##call(uint64_t *context) {                                                        \
    left((int64_t)context[1]);                                                                                              \
    return 0;                                                                                                               \
  }
#define ENTER_CLOSE                                                                                                         \
  SEC("fentry/" FUNCTION(close)) int enter_close(uint64_t *context) {                                                       \
    struct pt_regs *regs = (struct pt_regs *)context[0];                                                                    \
    entered_close((uint32_t)HB_ARGUMENT_0(regs));                                                                           \
    return 0;                                                                                                               \
  }

#include "each_call.h"

char LICENSE[] SEC("license") = "GPL";
