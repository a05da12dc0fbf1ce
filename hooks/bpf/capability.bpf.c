/* One tiny program for each way of stopping a call from within the kernel. They are loaded (see loader/capabilities.c) to see whether the
 * kernel takes them, and do nothing to anybody: `nobody` is never true. */
#include "kernel.h"

volatile uint32_t nobody = 0;

SEC("tp_btf/sys_exit")
int send_signal(void *context) {
  (void)context;
  if (nobody) bpf_send_signal(9);
  return 0;
}

SEC("sk_skb/stream_verdict")
int sk_skb_verdict(struct __sk_buff *buffer) {
  (void)buffer;
  return nobody ? SK_DROP : SK_PASS;
}

#if defined(HB_ARCH_x86_64)
#define READ_CALL "__x64_sys_read"
#elif defined(HB_ARCH_aarch64)
#define READ_CALL "__arm64_sys_read"
#endif

SEC("kprobe/" READ_CALL)
int override_return(void *registers) {
  if (nobody) bpf_override_return(registers, (uint64_t)-104);
  return 0;
}

SEC("lsm/socket_recvmsg")
int lsm(uint64_t *context) {
  (void)context;
  return nobody ? -104 : 0;
}

SEC("fmod_ret/" READ_CALL)
int fmod_ret(uint64_t *context) {
  (void)context;
  return nobody ? -104 : 0;
}

char LICENSE[] SEC("license") = "GPL";
