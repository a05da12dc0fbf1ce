#include "objects.h"

#define CARRY(name)                                                                      \
  __asm__(".pushsection .rodata\n.balign 16\nhb_carried_" #name ":\n.incbin \"" #name    \
          ".bpf.o\"\nhb_carried_" #name "_end:\n.popsection\n");                         \
  extern const char hb_carried_##name[] __attribute__((visibility("hidden")));           \
  extern const char hb_carried_##name##_end[] __attribute__((visibility("hidden")));

CARRY(fentry)
CARRY(tp_btf)
CARRY(raw_tp)
CARRY(tp)
CARRY(uprobe)
CARRY(sk_skb)
CARRY(capability)

#define GIVE(name) (*size = (size_t)(hb_carried_##name##_end - hb_carried_##name), hb_carried_##name)

const void *hb_object(enum hb_form form, size_t *size) {
  switch (form) {
    case HB_FORM_FENTRY: return GIVE(fentry);
    case HB_FORM_RAW_TP: return GIVE(raw_tp);
    case HB_FORM_TP: return GIVE(tp);
    case HB_FORM_UPROBE: return GIVE(uprobe);
    case HB_FORM_SK_SKB: return GIVE(sk_skb);
    default: return GIVE(tp_btf);
  }
}

const void *hb_capability_object(size_t *size) { return GIVE(capability); }
