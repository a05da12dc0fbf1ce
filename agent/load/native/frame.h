#ifndef HOOKBENCH_LOAD_FRAME_H
#define HOOKBENCH_LOAD_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum frame_kind { FRAME_READY = 1, FRAME_SAMPLES = 2, FRAME_DONE = 3, FRAME_ERROR = 4, FRAME_PARTIAL = 5 };

struct frame_header {
  uint32_t magic;
  uint16_t kind;
  uint16_t reserved0;
  uint32_t step;
  uint32_t payload_bytes;
  uint64_t t0_ns;
  uint32_t samples;
  uint32_t reserved1;
};

struct frame_counters {
  uint32_t target;
  uint32_t reconnects;
  uint64_t requests;
  uint64_t bytes_sent;
  uint64_t hits_sent;
  uint64_t bytes_received;
  uint64_t units;
  uint64_t refused; /* with a keyword, no answer */
  uint64_t served;  /* without a keyword, answered */
  uint64_t leaked;  /* with a keyword, answered though it was to be refused */
  uint64_t denied;  /* without a keyword, no answer */
};

_Static_assert(sizeof(struct frame_header) == 32, "frame header");
_Static_assert(offsetof(struct frame_header, t0_ns) == 16, "frame header t0");
_Static_assert(sizeof(struct frame_counters) == 80, "frame counters");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the protocol is little-endian");

/* Writes one frame to stdout. A reader that is gone ends the program: nobody is left to tell. */
void frame_write(enum frame_kind kind, uint32_t step, uint64_t t0_ns, uint32_t samples, const void *payload,
                 uint32_t payload_bytes);

/* A frame whose payload is text (ready, error). */
void frame_write_text(enum frame_kind kind, uint32_t step, const char *text);

#endif
