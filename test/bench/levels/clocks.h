/* Put before hooks/preload/hook.c by the bench: the hook without its scan and without its record. */
#if __has_include("scanner.h")
#include "scanner.h"
#endif
#include "../scan/ac.h"
#include "ring.h"
#define hb_scanner_search(scanner, bytes, size) ((void)(scanner), (void)(bytes), (void)(size), (uint16_t)HB_NO_KEYWORD)
#define hb_ac_scan(automaton, bytes, size) ((void)(automaton), (void)(bytes), (void)(size), (uint16_t)HB_NO_KEYWORD)
#define hb_ring_write(record) __asm__ volatile("" ::"r"(record) : "memory")
