#include "refusal.h"

enum answer { ANSWERED, NOT_ANSWERED, FAILED };

static enum answer ask(struct target *target, const struct payload *payload, uint8_t flags, uint32_t timeout_ms,
                       struct samples *samples, struct failure *failure);
static int judge_hit(struct target *target, enum answer answer);
static int judge_denied(struct target *target);
static int renew(struct target *target, const struct payload *miss, uint32_t timeout_ms, struct samples *samples,
                 struct failure *failure);
static int reopen(struct target *target, uint32_t request_length, uint32_t timeout_ms, struct failure *failure);

int refusal_exchange(struct target *target, const struct payload payloads[2], uint8_t flags, uint32_t timeout_ms,
                     struct samples *samples, struct failure *failure) {
  int hit = flags & SAMPLE_HIT ? 1 : 0;
  uint64_t before = samples->length;
  enum answer answer = ask(target, &payloads[hit], flags, timeout_ms, samples, failure);
  if (hit) samples->length = before;
  if (!hit && answer == ANSWERED) {
    target->counters.served++;
    return 0;
  }
  if (answer == FAILED || (hit ? judge_hit(target, answer) : judge_denied(target)) != 0) return -1;
  return renew(target, &payloads[0], timeout_ms, samples, failure);
}

/* Any byte of an answer is an answer. Silence until the timeout is neither answer nor refusal: it fails. */
static enum answer ask(struct target *target, const struct payload *payload, uint8_t flags, uint32_t timeout_ms,
                       struct samples *samples, struct failure *failure) {
  uint64_t received = target->counters.bytes_received;
  failure->closed = false;
  if (exchange_request(target, payload, flags, timeout_ms, samples, failure) == 0) return ANSWERED;
  if (target->counters.bytes_received > received) return flags & SAMPLE_HIT ? ANSWERED : FAILED;
  return failure->closed ? NOT_ANSWERED : FAILED;
}

/* Where nothing blocks, a request that is not answered is a failure. */
static int judge_denied(struct target *target) {
  if (target->expectation == EXPECT_RENEW) return -1;
  target->counters.denied++;
  return 0;
}

static int judge_hit(struct target *target, enum answer answer) {
  if (target->expectation == EXPECT_RENEW) return answer == ANSWERED ? 0 : -1;
  if (answer == ANSWERED) target->counters.leaked++;
  else target->counters.refused++;
  return 0;
}

static int renew(struct target *target, const struct payload *miss, uint32_t timeout_ms, struct samples *samples,
                 struct failure *failure) {
  uint64_t before = samples->length;
  if (reopen(target, miss->length, timeout_ms, failure) != 0) return -1;
  enum answer answer = ask(target, miss, SAMPLE_SETTLE, timeout_ms, samples, failure);
  samples->length = before;
  if (answer == ANSWERED) {
    target->counters.served++;
    return 0;
  }
  if (answer == FAILED || judge_denied(target) != 0) return -1;
  return reopen(target, miss->length, timeout_ms, failure);
}

static int reopen(struct target *target, uint32_t request_length, uint32_t timeout_ms, struct failure *failure) {
  return target_open(target, true, request_length, timeout_ms, failure);
}
