#define _GNU_SOURCE
#include "refuse.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "../memory.h"

static const uint8_t zeros[HB_MOST_BYTES];

void hb_refuse_prepare(struct hb_thread *thread) {
  pid_t pid = thread->target->pid;
  thread->room = 0;
  if (thread->kind == HB_CALL_FROM && thread->args[4]) hb_memory_read(pid, thread->args[5], &thread->room, sizeof thread->room);
  memset(&thread->message, 0, sizeof thread->message);
  if (thread->kind == HB_CALL_MESSAGE) hb_memory_read(pid, thread->args[1], &thread->message, sizeof thread->message);
}

static void zero(pid_t pid, const void *at, size_t size) {
  if (at && size) hb_memory_write(pid, (uint64_t)(uintptr_t)at, zeros, size < sizeof zeros ? size : sizeof zeros);
}

static void restore(const struct hb_thread *thread) {
  pid_t pid = thread->target->pid;
  if (thread->kind == HB_CALL_FROM && thread->args[4]) {
    zero(pid, (const void *)(uintptr_t)thread->args[4], thread->room);
    hb_memory_write(pid, thread->args[5], &thread->room, sizeof thread->room);
  }
  if (thread->kind == HB_CALL_MESSAGE) {
    zero(pid, thread->message.msg_name, thread->message.msg_namelen);
    zero(pid, thread->message.msg_control, thread->message.msg_controllen);
    hb_memory_write(pid, thread->args[1], &thread->message, sizeof thread->message);
  }
}

static void set_result(pid_t tid, int64_t result) {
#if defined(__x86_64__)
  ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax), result);
#else
  struct user_regs_struct registers;
  struct iovec all = {&registers, sizeof registers};
  if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) != 0) return;
  registers.regs[0] = (uint64_t)result;
  ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all);
#endif
}

void hb_refuse(struct hb_thread *thread, const struct iovec *parts, size_t count, size_t size) {
  hb_memory_scatter(thread->target->pid, parts, count, zeros, size < sizeof zeros ? size : sizeof zeros);
  restore(thread);
  set_result(thread->tid, -hb_outside.block_errno);
}
