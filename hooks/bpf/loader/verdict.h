/* Form sk_skb: the connections of the watched processes in a map with a verdict program. */
#ifndef HOOKBENCH_BPF_VERDICT_H
#define HOOKBENCH_BPF_VERDICT_H

#include "attach.h"
#include "collect.h"

/* Connections established from now on are looked at. Returns 0, or -1 with the reason in `problem`. */
int hb_verdict_attach(struct hb_attached *attached, const struct hb_options *options, char *problem, size_t room);

/* Connections that lose a segment are ended (hb_verdict_end). Returns a descriptor that is readable when there are some, or -1. */
int hb_verdict_dropped(struct hb_attached *attached, const struct hb_options *options);
/* Ends those. */
void hb_verdict_end(void);

/* No new connections, and what arrives at the others is let through unseen. */
void hb_verdict_leave(struct hb_attached *attached, struct hb_collector *collector);
/* Waits until the last of them is closed, or `signals` is readable. To take an open connection out of the map loses what the verdict has
 * let through and the program has not read yet. */
void hb_verdict_linger(struct hb_attached *attached, int signals);

#endif
