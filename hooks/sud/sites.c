#define _GNU_SOURCE
#include "sites.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SITES 8192u /* a power of two */
#define SITE_BYTES 16u
#define FIRST_SITE 64u
#define LEAVE_AT 0u
#define CALL_AT 16u

struct hb_sites hb_sites;
static uint8_t *writable; /* the same memory */
static struct {
  uintptr_t behind; /* 0: free */
  uint32_t ready;
} sites[SITES];

/* mov $15, %eax; syscall */
static const uint8_t leave[] = {0xb8, 15, 0, 0, 0, 0x0f, 0x05};
/* number, a, b, c, d, e in registers and f on the stack, as C has them, to where the kernel has them; syscall; ret */
static const uint8_t call[] = {
    0x48, 0x89, 0xf8,             /* mov %rdi, %rax */
    0x48, 0x89, 0xf7,             /* mov %rsi, %rdi */
    0x48, 0x89, 0xd6,             /* mov %rdx, %rsi */
    0x48, 0x89, 0xca,             /* mov %rcx, %rdx */
    0x4d, 0x89, 0xc2,             /* mov %r8, %r10 */
    0x4d, 0x89, 0xc8,             /* mov %r9, %r8 */
    0x4c, 0x8b, 0x4c, 0x24, 0x08, /* mov 8(%rsp), %r9 */
    0x0f, 0x05, 0xc3,
};
_Static_assert(CALL_AT + sizeof call <= FIRST_SITE, "the stubs lie before the sites");

const char *hb_sites_make(void) {
  size_t bytes = FIRST_SITE + SITES * SITE_BYTES;
  int fd = memfd_create("hookbench-sud", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, (off_t)bytes) != 0) return "no memory file";
  writable = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  uint8_t *code = mmap(NULL, bytes, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
  close(fd);
  if (writable == MAP_FAILED || code == MAP_FAILED) return "no memory that may be executed";
  memcpy(writable + LEAVE_AT, leave, sizeof leave);
  memcpy(writable + CALL_AT, call, sizeof call);
  hb_sites.code = code;
  hb_sites.bytes = bytes;
  uintptr_t leave_at = (uintptr_t)code + LEAVE_AT, call_at = (uintptr_t)code + CALL_AT;
  memcpy(&hb_sites.leave, &leave_at, sizeof leave_at);
  memcpy(&hb_sites.call, &call_at, sizeof call_at);
  return NULL;
}

/* syscall or int $0x80; jmp *0(%rip); the address. Nothing but what the call itself changes is changed, the stack included: a new thread
 * goes on behind it as the old one does. */
static void write_site(uint32_t at, uintptr_t behind, bool compat) {
  uint8_t *to = writable + FIRST_SITE + at * SITE_BYTES;
  const uint8_t jump[] = {compat ? 0xcd : 0x0f, compat ? 0x80 : 0x05, 0xff, 0x25, 0, 0, 0, 0};
  memcpy(to + sizeof jump, &behind, sizeof behind);
  memcpy(to, jump, sizeof jump);
}

uintptr_t hb_site_of(uintptr_t behind, bool compat) {
  uint32_t at = (uint32_t)((behind * 0x9e3779b97f4a7c15ull) >> 40) & (SITES - 1);
  for (uint32_t tries = 0; tries < SITES; tries++, at = (at + 1) & (SITES - 1)) {
    uintptr_t found = 0;
    if (__atomic_compare_exchange_n(&sites[at].behind, &found, behind, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
      write_site(at, behind, compat);
      __atomic_store_n(&sites[at].ready, 1, __ATOMIC_RELEASE);
    } else if (found != behind) {
      continue;
    }
    /* Another thread is writing it, or a signal came while this one did: then the same bytes are written twice. */
    if (!__atomic_load_n(&sites[at].ready, __ATOMIC_ACQUIRE)) write_site(at, behind, compat);
    return (uintptr_t)hb_sites.code + FIRST_SITE + at * SITE_BYTES;
  }
  return 0;
}
