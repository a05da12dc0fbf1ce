/* hookbench hook ABI, version 1: the one record and the one ring layout that every hook writes and every collector reads.
 *
 * A ring file holds one header page and then HB_RING_SLOTS rings. A thread of the hooked process claims one ring at its first
 * read of an accepted socket and gives it back when it ends. Writers never wait: when a ring is full the oldest record is
 * overwritten, and the count of what was overwritten before the collector read it follows from head, tail and capacity (see
 * hb_ring).
 *
 * The file lies on a tmpfs; the collector uses pread/pwrite on it, the hooked process mmaps it. All integers little-endian.
 * Offsets are asserted in C below and in test/hooks/abi.test.ts. A hooked process can write anything here: the collector
 * treats every field as untrusted.
 */
#ifndef HOOKBENCH_ABI_RECORD_H
#define HOOKBENCH_ABI_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define HB_RING_MAGIC 0x31474e5252424b48ull /* "HKBRRNG1" read as little-endian u64 */
#define HB_OWN_MAGIC 0x314e574f4b424b48ull  /* "HKBKOWN1": see own_magic */
#define HB_ABI_VERSION 1u
#define HB_HEADER_BYTES 4096u
#define HB_NO_KEYWORD 0xffffu

/* flags of a record */
#define HB_FLAG_HIT 0x01u     /* at least one keyword in the bytes read */
#define HB_FLAG_BLOCKED 0x02u /* the hook failed this call (action block) */

/* actions, as in the ring header and HOOKBENCH_ACTION */
#define HB_ACTION_OBSERVE 0u
#define HB_ACTION_TRACE 1u
#define HB_ACTION_BLOCK 2u

/* functions whose calls are hooked, as bits */
#define HB_FUNCTION_READ 0x01u
#define HB_FUNCTION_RECV 0x02u
#define HB_FUNCTION_RECVFROM 0x04u
#define HB_FUNCTION_READV 0x08u
#define HB_FUNCTION_RECVMSG 0x10u

/* scanners, as asked for; and what really runs, since simd falls back where the processor or the keyword list does not fit */
#define HB_SCANNER_AC 1u
#define HB_SCANNER_SIMD 2u
#define HB_LEVEL_AC 1u
#define HB_LEVEL_SSSE3 2u
#define HB_LEVEL_AVX2 3u
#define HB_LEVEL_AVX512 4u /* with BW and VBMI */

/* clocks of t_ns and latency_ns */
#define HB_CLOCK_VDSO 1u /* clock_gettime(CLOCK_MONOTONIC) */
#define HB_CLOCK_TSC 2u  /* the time stamp counter, held to CLOCK_MONOTONIC */

/* One counted read (returned > 0 bytes on an accepted socket). 32 bytes. */
struct hb_record {
  uint64_t t_ns;       /* CLOCK_MONOTONIC at hook entry, ns */
  uint32_t latency_ns; /* entry to end of the hook's work (read + scan), ns; saturates at 2^32-1 */
  uint32_t pid;        /* thread group id, as the process itself sees it */
  uint32_t tid;
  int32_t fd;
  int32_t bytes;    /* what the read returned */
  uint16_t keyword; /* index in the keyword list of the first match (smallest end offset), or HB_NO_KEYWORD */
  uint8_t flags;
  uint8_t abi; /* HB_ABI_VERSION */
};

/* Counters and positions of one ring. 128 bytes; written by one thread only, but for tail. */
struct hb_ring {
  uint64_t head; /* records ever written; slot = head % capacity */
  uint64_t tail; /* records ever collected: the only field the collector writes */
  uint64_t overwritten; /* records written while head - tail >= capacity: those were lost to the collector */
  uint64_t reads;       /* counted reads: > 0 bytes */
  uint64_t bytes;       /* bytes of the counted reads */
  uint64_t hits;        /* counted reads with a keyword */
  uint64_t blocked;     /* reads failed by the hook */
  uint64_t eofs;        /* reads of an accepted socket that returned 0 */
  uint64_t errors;      /* reads of an accepted socket that returned -1 (EAGAIN included) */
  uint32_t tid;         /* owner, 0 when free */
  uint32_t claims;      /* how many threads have owned this ring */
  uint64_t reserved[6];
};

struct hb_ring_header {
  uint64_t magic; /* HB_RING_MAGIC, stored last by whoever makes the file */
  uint32_t version;
  uint32_t header_bytes; /* HB_HEADER_BYTES */
  uint32_t ring_slots;   /* how many rings follow */
  uint32_t capacity;     /* records in each ring, a power of two */
  uint32_t record_bytes; /* sizeof(struct hb_record) */
  uint32_t action;       /* HB_ACTION_* */
  uint32_t attached;     /* set to 1 by the hook when its initialisation is complete: proof that it is live */
  uint32_t pid;          /* pid of the attached process */
  uint32_t keywords;     /* how many keywords the hook scans for */
  uint32_t scanner;      /* HB_SCANNER_*, what was asked for */
  uint64_t unringed;     /* counted reads for which no ring was free: lost to the collector (atomic add) */
  uint64_t untracked_fds; /* accepted fds that could not be tracked (atomic add) */
  uint32_t functions;     /* HB_FUNCTION_* bits, 0 where the hook does not say */
  uint32_t scanner_level; /* HB_LEVEL_*, what really scans; 0 where the hook does not say */
  uint32_t clock;         /* HB_CLOCK_*; 0 where the hook does not say */
  uint32_t block_errno;   /* errno of the calls that action block fails; 0 with other actions */
  uint64_t own_magic;     /* HB_OWN_MAGIC, stored before `attached` by a hook of somebody else's that writes this ring; ours leave 0 */
  uint32_t own_actions;   /* of such a hook: what it can do, bits 1 << HB_ACTION_* */
  uint32_t own_reserved;
  uint64_t reserved[4];
};

/* Layout of the file:
 *   0                                   struct hb_ring_header, padded to HB_HEADER_BYTES
 *   HB_HEADER_BYTES + i * 128           struct hb_ring i, i < ring_slots
 *   HB_HEADER_BYTES + ring_slots * 128 (rounded up to 4096) + i * capacity * 32   records of ring i
 *
 * Environment of the library:
 *   HOOKBENCH_RING      path of the ring file, made beforehand by the agent (header filled in). Absent or unusable: the library
 *                       passes every call through and writes one line to stderr.
 *   HOOKBENCH_KEYWORDS  path of the keyword file: one keyword a line, bytes taken as they are, empty lines left out.
 *   HOOKBENCH_ACTION    observe | trace | block
 *   HOOKBENCH_FUNCTIONS, HOOKBENCH_SCANNER, HOOKBENCH_CLOCK, HOOKBENCH_ERRNO, HOOKBENCH_INHERIT: hooks/README.md
 */

_Static_assert(sizeof(struct hb_record) == 32, "hb_record is 32 bytes");
_Static_assert(offsetof(struct hb_record, latency_ns) == 8, "latency_ns");
_Static_assert(offsetof(struct hb_record, pid) == 12, "pid");
_Static_assert(offsetof(struct hb_record, tid) == 16, "tid");
_Static_assert(offsetof(struct hb_record, fd) == 20, "fd");
_Static_assert(offsetof(struct hb_record, bytes) == 24, "bytes");
_Static_assert(offsetof(struct hb_record, keyword) == 28, "keyword");
_Static_assert(offsetof(struct hb_record, flags) == 30, "flags");
_Static_assert(offsetof(struct hb_record, abi) == 31, "abi");
_Static_assert(sizeof(struct hb_ring) == 128, "hb_ring is 128 bytes");
_Static_assert(offsetof(struct hb_ring, tid) == 72, "ring tid");
_Static_assert(sizeof(struct hb_ring_header) == 128, "hb_ring_header is 128 bytes");
_Static_assert(offsetof(struct hb_ring_header, attached) == 32, "attached");
_Static_assert(offsetof(struct hb_ring_header, unringed) == 48, "unringed");
_Static_assert(offsetof(struct hb_ring_header, functions) == 64, "functions");
_Static_assert(offsetof(struct hb_ring_header, block_errno) == 76, "block_errno");
_Static_assert(offsetof(struct hb_ring_header, own_magic) == 80, "own_magic");

#endif
