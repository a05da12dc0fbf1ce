/* What epoll watches, as its data: a kind and an index. */
#ifndef HOOKBENCH_NOTIFY_EVENTS_H
#define HOOKBENCH_NOTIFY_EVENTS_H

#include <stdint.h>

enum hb_event_kind { HB_EVENT_INPUT, HB_EVENT_LAUNCHER, HB_EVENT_CALLS, HB_EVENT_PROCESS, HB_EVENT_WAITING };

#define HB_EVENT(kind, index) ((uint64_t)(kind) << 32 | (uint32_t)(index))

#endif
