/* Form sk_skb: a verdict on what arrives at an accepted TCP connection of a watched process, before any read. It sees segments, not reads:
 * each is copied, scanned, recorded and, where the loader was told to block and there is a keyword in it, dropped.
 *
 * Connections come into the map of sockets as they are established (sockops); what was open before is left alone. */
#define HB_WITHOUT_BTF
#include "hook.h"

#define CONNECTIONS 16384u

/* where watched processes listen: made by the loader */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1024);
  __type(key, struct hb_bpf_listener);
  __type(value, struct hb_bpf_owner);
} listeners SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_SOCKHASH);
  __uint(max_entries, CONNECTIONS);
  __uint(key_size, 8);
  __uint(value_size, 8);
} sockets SEC(".maps");

/* socket cookie → whose it is */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, CONNECTIONS);
  __type(key, uint64_t);
  __type(value, struct hb_bpf_owner);
} owners SEC(".maps");

/* cookies of connections of which a segment was dropped: for the loader, which ends them */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 65536);
} dropped SEC(".maps");

static __always_inline void established(struct bpf_sock_ops *ops) {
  struct hb_bpf_listener at = {.netns = bpf_get_netns_cookie(ops), .port = ops->local_port};
  struct hb_bpf_owner *owner = bpf_map_lookup_elem(&listeners, &at);
  if (!owner) return;
  uint64_t cookie = bpf_get_socket_cookie(ops);
  /* called once for each control group that it is attached to and the program is below */
  if (bpf_map_lookup_elem(&owners, &cookie)) return;
  if (bpf_map_update_elem(&owners, &cookie, owner, BPF_ANY) == 0 && bpf_sock_hash_update(ops, &sockets, &cookie, BPF_NOEXIST) == 0) {
    bpf_sock_ops_cb_flags_set(ops, (int)(ops->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG));
    return;
  }
  uint32_t key = owner->target;
  struct hb_bpf_target *target = bpf_map_lookup_elem(&targets, &key);
  if (target) __sync_fetch_and_add(&target->untracked_fds, 1);
}

SEC("sockops")
int watch(struct bpf_sock_ops *ops) {
  if (ops->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB) {
    established(ops);
  } else if (ops->op == BPF_SOCK_OPS_STATE_CB && ops->args[1] == BPF_TCP_CLOSE) {
    uint64_t cookie = bpf_get_socket_cookie(ops);
    bpf_map_delete_elem(&owners, &cookie);
  }
  return 1;
}

/* How many bytes were scanned, or -1; the keyword in `keyword`. */
static __always_inline int scan_segment(struct __sk_buff *segment, uint16_t *keyword) {
  uint64_t size = least(segment->len, HB_BPF_WINDOW);
  struct scratch *scratch = scratch_take(bpf_get_smp_processor_id() * 4);
  if (!scratch) return -1;
  HB_OPAQUE(size);
  int copied = size > 0 && size <= HB_BPF_WINDOW ? (int)bpf_skb_load_bytes(segment, 0, scratch->bytes, (uint32_t)size) : -1;
  if (copied == 0) *keyword = (uint16_t)scan(scratch, size);
  scratch->busy = 0;
  return copied == 0 ? (int)size : -1;
}

SEC("sk_skb/stream_verdict")
int verdict(struct __sk_buff *segment) {
  uint64_t start_ns = bpf_ktime_get_ns(), cookie = bpf_get_socket_cookie(segment);
  struct hb_bpf_owner *owner = bpf_map_lookup_elem(&owners, &cookie);
  if (!owner || segment->len == 0) return SK_PASS;
  uint32_t key = owner->target;
  struct hb_bpf_target *target = bpf_map_lookup_elem(&targets, &key);
  if (!target || target->leaving) return SK_PASS;
  uint16_t keyword = HB_NO_KEYWORD;
  int scanned = scan_segment(segment, &keyword);
  if (scanned < 0) {
    __sync_fetch_and_add(&target->unscanned, 1);
    return SK_PASS;
  }
  if ((uint32_t)scanned < segment->len) __sync_fetch_and_add(&target->cut, 1);
  int drops = config.blocks && keyword != HB_NO_KEYWORD;
  uint64_t took = bpf_ktime_get_ns() - start_ns;
  struct hb_record made = {
      .t_ns = start_ns,
      .latency_ns = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took,
      .pid = owner->tgid,
      .fd = -1,
      .bytes = (int32_t)segment->len,
      .keyword = keyword,
      .flags = (keyword == HB_NO_KEYWORD ? 0 : HB_FLAG_HIT) | (drops ? HB_FLAG_BLOCKED : 0),
      .abi = HB_ABI_VERSION,
  };
  record(target, &made);
  if (drops) bpf_ringbuf_output(&dropped, &cookie, sizeof cookie, 0);
  return drops ? SK_DROP : SK_PASS;
}

char LICENSE[] SEC("license") = "GPL";
