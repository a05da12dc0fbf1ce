/* syscall(SYS_close, fd): how libuv, and so Node, closes its sockets. Unseen, the number would stay marked and the next file
 * opened under it would be taken for a socket. All other calls, with whatever arguments, jump on to libc's syscall() with
 * registers and stack as they came; C cannot do that for a variadic function, hence the assembly. On other processors such
 * closes are not seen (hooks/README.md, limits). */
#define _GNU_SOURCE
#include "interpose.h"
#include "real.h"

#if defined(__x86_64__) && !defined(__ILP32__)
_Static_assert(sizeof hb_real_syscall == 8, "the jump below loads 8 bytes");
__asm__(
    ".pushsection .text\n"
    ".p2align 4\n"
    ".globl syscall\n"
    ".type syscall, @function\n"
    "syscall:\n"
    ".cfi_startproc\n"
    "  endbr64\n"
    "  cmpq $3, %rdi\n" /* SYS_close */
    "  je 1f\n"
    "  jmp *hb_real_syscall(%rip)\n"
    "1:\n"
    "  pushq %rsi\n"
    ".cfi_adjust_cfa_offset 8\n"
    "  movl %esi, %edi\n"
    "  call hb_note_close\n"
    "  popq %rsi\n"
    ".cfi_adjust_cfa_offset -8\n"
    "  movl $3, %edi\n"
    "  jmp *hb_real_syscall(%rip)\n"
    ".cfi_endproc\n"
    ".size syscall, . - syscall\n"
    ".popsection\n");
#endif
