/* hb_ac_scan of ../scan/ac.h once more, on the same tables, in a form that the verifier follows: loops with a counter, positions bounded anew
 * in each round, and no way out of a round but a match and the end. A round takes one step of the prefilter, one stride of the automaton, or
 * both. Texts that the prefilter does not bring forward, round after round, are ended by the automaton alone: the answer is the same. */
#ifndef HOOKBENCH_BPF_SCAN_H
#define HOOKBENCH_BPF_SCAN_H

#include "state.h"

#define STRIDE 8u
#define SHALLOW 2u
#define ROUNDS 256u
#define ENDING_ROUNDS (HB_BPF_WINDOW / STRIDE)

static __always_inline uint64_t pair_at(const uint16_t *pairs, const uint8_t *text, uint32_t at) {
  return pairs[HB_PAIR_SLOT(*(const uint16_t *)(text + at))];
}

static __always_inline uint64_t four_pairs(const uint16_t *pairs, const uint8_t *text) {
  return pair_at(pairs, text, 0) | pair_at(pairs, text, 2) << 16 | pair_at(pairs, text, 4) << 32 | pair_at(pairs, text, 6) << 48;
}

/* 1 for 0, 0 for all else, without a branch */
static __always_inline uint64_t is_zero(uint64_t value) { return ((value | -value) >> 63) ^ 1; }

/* As hb_pairs_step. */
static __always_inline uint64_t pairs_step(const uint16_t *pairs, const uint8_t *text) {
  uint64_t left = four_pairs(pairs, text), right = four_pairs(pairs, text + 8), last = pair_at(pairs, text, 16);
  uint64_t from_left = left & (left >> 24 | right << 40) & HB_FIRSTS, from_right = right & (right >> 24 | last << 40) & HB_FIRSTS;
  if (!(from_left | from_right)) return HB_PAIRS_STEP;
  uint64_t on_right = is_zero(from_left), four = from_left | (from_right & (0 - on_right));
  uint64_t upper = is_zero(four & 0xffffffff);
  four >>= upper * 32;
  return on_right * 8 + upper * 4 + is_zero(four & 0xffff) * 2;
}

struct search {
  const uint8_t *text;
  const uint16_t *next;
  const uint8_t *class_of;
  uint64_t size;
  uint64_t unknown; /* 0, but the verifier can't know: what it is added to looks the same to it in each round */
  uint64_t at;
  uint64_t state;
};

/* Bounds the position. @returns false at the end */
static __always_inline int goes_on(struct search *of) {
  uint64_t at = of->at + of->unknown, state = of->state + of->unknown, end = of->size + of->unknown;
  HB_OPAQUE(at);
  HB_OPAQUE(end);
  HB_OPAQUE(state);
  of->state = state;
  of->at = at;
  return at < end && at < HB_BPF_WINDOW;
}

/* @returns the keyword when there is one within the text; HB_NO_KEYWORD when one ends behind it, as all later ones do; -1 for going on */
static __always_inline int stride(struct search *of) {
  uint64_t mask = config.next_mask;
  uint32_t shift = config.shift, accepting = config.accepting;
  const uint8_t *from = of->text + of->at;
#pragma unroll
  for (uint32_t i = 0; i < STRIDE; i++) {
    uint64_t cell = (of->state << shift) | of->class_of[from[i]];
    HB_OPAQUE(cell);
    of->state = of->next[cell & mask];
    if (of->state < accepting) continue;
    uint32_t word = of->state - accepting;
    uint16_t *keyword = of->at + i < of->size ? bpf_map_lookup_elem(&words, &word) : 0;
    return keyword ? *keyword : HB_NO_KEYWORD;
  }
  return -1;
}

/* The index of the first match in the first `size` bytes (at most HB_BPF_WINDOW) of the scratch, or HB_NO_KEYWORD. A function of its own to
 * the verifier, which looks at it once, whatever came before. */
__attribute__((noinline)) int scan(struct scratch *scratch, uint64_t size) {
  const uint16_t *pairs = (const uint16_t *)config.pairs;
  const uint8_t *class_of = (const uint8_t *)config.class_of;
  HB_OPAQUE(pairs);
  HB_OPAQUE(class_of);
  uint32_t shallow = config.shallow, zero = 0;
  const uint16_t *next = bpf_map_lookup_elem(&automaton, &zero);
  if (!next || !scratch) return HB_NO_KEYWORD;
  /* what an earlier call left behind the end would only wake the automaton for nothing */
  uint64_t end = size + scratch->zero;
  HB_OPAQUE(end);
  if (end > HB_BPF_WINDOW) return HB_NO_KEYWORD;
  uint64_t *behind = (uint64_t *)(scratch->bytes + end);
  behind[0] = behind[1] = behind[2] = 0;
  struct search of = {.text = scratch->bytes, .next = next, .class_of = class_of, .size = size, .unknown = scratch->zero};
  for (uint32_t round = 0; round < ROUNDS; round++) {
    if (!goes_on(&of)) return HB_NO_KEYWORD;
    if (of.state < shallow) {
      uint64_t even = of.at & (HB_BPF_WINDOW - 2);
      HB_OPAQUE(even);
      uint64_t found = pairs_step(pairs, of.text + even);
      of.at = even + found;
      of.state = 0;
      if (found == HB_PAIRS_STEP) continue;
      of.at -= 1 - is_zero(of.at);
      if (!goes_on(&of)) return HB_NO_KEYWORD;
    }
    int keyword = stride(&of);
    if (keyword >= 0) return keyword;
    of.at += of.state < shallow ? STRIDE - SHALLOW : STRIDE;
  }
  /* As for a pair that passes: what begins one byte before the next pair has not been looked at. */
  if (of.state < shallow) {
    of.state = 0;
    of.at -= 1;
  }
  for (uint32_t round = 0; round < ENDING_ROUNDS; round++) {
    if (!goes_on(&of)) return HB_NO_KEYWORD;
    int keyword = stride(&of);
    if (keyword >= 0) return keyword;
    of.at += STRIDE;
  }
  return HB_NO_KEYWORD;
}

#endif
