/* Loads one form of the program and attaches it. */
#ifndef HOOKBENCH_BPF_ATTACH_H
#define HOOKBENCH_BPF_ATTACH_H

#include <bpf/libbpf.h>

#include "options.h"
#include "tables.h"

#define HB_MOST_LINKS (HB_MOST_SITES + 32u)

struct hb_attached {
  struct bpf_object *object;
  struct bpf_link *links[HB_MOST_LINKS];
  uint32_t link_count;
};

/* Returns 0 for NULL. */
int hb_keep(struct hb_attached *attached, struct bpf_link *link);

/* Where libbpf and the kernel's verifier say what they have to say: a file, or nowhere when the path is NULL. */
void hb_log_to(const char *path);

/* Returns 0, or -1 with the reason in `problem`; nothing stays loaded then. */
int hb_load(struct hb_attached *attached, enum hb_form form, const struct hb_options *options, const struct hb_tables *tables, char *problem,
            size_t room);
/* The exits first: an entry whose exit is not seen would leave its thread's place taken. */
int hb_attach(struct hb_attached *attached, enum hb_form form, const struct hb_options *options, char *problem, size_t room);
/* Calls under way end as if they had not been seen. */
void hb_detach(struct hb_attached *attached);
void hb_unload(struct hb_attached *attached);

#endif
