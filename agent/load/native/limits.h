#ifndef HOOKBENCH_LOAD_LIMITS_H
#define HOOKBENCH_LOAD_LIMITS_H

/* The same values as in ../types.ts; the driver checks them before it asks. */
#define MAX_TARGETS 64u
#define MAX_UNITS 1048576u
#define MAX_SAMPLES 16777216u
#define MAX_SAMPLES_PER_FRAME 8192u
#define MAX_FRAME_SPAN_NS 4000000000ull
#define MAX_PAYLOAD_BYTES 65536u
#define MAX_AROUND_BYTES 4096u
#define MAX_REPLIES 16u
#define MAX_BURST_BYTES 262144u
#define MAX_BURST_REQUESTS 65536u

#define ORDER_TARGET 0x3fu
#define ORDER_RESERVED 0x40u
#define ORDER_HIT 0x80u

/* Units between two pauses, and their length: limits what spinning can do to the rest of the core. */
#define UNITS_PER_PAUSE 1000u
#define PAUSE_NS 3000000

#endif
