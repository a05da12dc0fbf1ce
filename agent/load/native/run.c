#include "run.h"

#include <stdlib.h>
#include <time.h>

#include "limits.h"
#include "process.h"
#include "refusal.h"

struct plan {
  const struct run *run;
  struct target *targets;
  const struct payload *payloads;
  struct target *named[MAX_TARGETS]; /* in the order of first mention */
  uint32_t named_count;
  uint32_t since_pause;
};

static struct samples samples;

static int prepare(struct plan *plan, struct failure *failure);
static int check_target(const struct plan *plan, const struct target *target, struct failure *failure);
static int check_kinds(const struct plan *plan, uint32_t kinds, struct failure *failure);
static int open_all(struct plan *plan, struct failure *failure);
static int work(struct plan *plan, struct failure *failure);
static int unit(struct plan *plan, struct target *target, uint8_t kind, uint8_t flags, struct failure *failure);
static void pause_briefly(void);
static void write_counters(const struct plan *plan, enum frame_kind kind);

void run_execute(const struct run *run, struct target *targets, const struct payload payloads[2]) {
  struct failure failure = {.text = ""};
  struct plan plan = {.run = run, .targets = targets, .payloads = payloads};
  process_interrupted = process_ending;
  samples.length = 0;
  int outcome = prepare(&plan, &failure);
  if (outcome == 0) outcome = open_all(&plan, &failure);
  if (outcome == 0) outcome = work(&plan, &failure);
  if (process_ending) exit(0);
  samples_write(&samples, run->step);
  write_counters(&plan, outcome == 0 ? FRAME_DONE : FRAME_PARTIAL);
  if (outcome != 0) frame_write_text(FRAME_ERROR, run->step, process_interrupted ? "interrupted" : failure.text);
}

static int prepare(struct plan *plan, struct failure *failure) {
  const struct run *run = plan->run;
  uint32_t kinds = run->settle > 1 ? 3 : run->settle;
  bool seen[MAX_TARGETS] = {false};
  uint64_t wanted = 0;
  for (uint32_t i = 0; i < run->units; i++) {
    if (run->order[i] & ORDER_RESERVED) return fail(failure, "order byte %u has bit 6 set", i);
    struct target *target = &plan->targets[run->order[i] & ORDER_TARGET];
    kinds |= run->order[i] & ORDER_HIT ? 2 : 1;
    if (target->expectation != EXPECT_SERVE) kinds |= 1; /* what a new connection is settled with */
    wanted += target->requests_per_unit;
    if (seen[target->id]) continue;
    seen[target->id] = true;
    if (check_target(plan, target, failure) != 0) return -1;
    target->counters = (struct frame_counters){.target = target->id};
    plan->named[plan->named_count++] = target;
    if (requests_build(&target->requests, &target->around, plan->payloads, failure) != 0) return -1;
    wanted += (uint64_t)run->settle * target->requests_per_unit;
  }
  if (check_kinds(plan, kinds, failure) != 0) return -1;
  if (wanted > MAX_SAMPLES) return fail(failure, "a run of %llu samples is above %u", (unsigned long long)wanted, MAX_SAMPLES);
  return samples_reserve(&samples, wanted, failure);
}

static int check_target(const struct plan *plan, const struct target *target, struct failure *failure) {
  if (target->protocol == TARGET_UNSET) return fail(failure, "target %u was not set", target->id);
  if (target->protocol != TARGET_BURST) return 0;
  uint32_t length = plan->payloads[0].length;
  if (plan->payloads[1].bytes != NULL && plan->payloads[0].bytes != NULL && plan->payloads[1].length != length)
    return fail(failure, "target %u: burst needs payloads of equal length", target->id);
  if (length < plan->payloads[1].length) length = plan->payloads[1].length;
  if ((uint64_t)length * target->requests_per_unit > MAX_BURST_BYTES)
    return fail(failure, "target %u: a burst is above %u bytes", target->id, MAX_BURST_BYTES);
  return 0;
}

static int check_kinds(const struct plan *plan, uint32_t kinds, struct failure *failure) {
  for (uint32_t kind = 0; kind < 2; kind++) {
    if ((kinds >> kind & 1) && plan->payloads[kind].bytes == NULL) return fail(failure, "payload %u was not set", kind);
  }
  return 0;
}

static int open_all(struct plan *plan, struct failure *failure) {
  const struct payload *payload = &plan->payloads[plan->payloads[0].bytes == NULL];
  for (uint32_t t = 0; t < plan->named_count; t++) {
    struct target *target = plan->named[t];
    if (target_open(target, plan->run->reconnect, payload->length, plan->run->timeout_ms, failure) == 0) continue;
    target_close(target);
    return target_blame(target, failure);
  }
  return 0;
}

static int work(struct plan *plan, struct failure *failure) {
  const struct run *run = plan->run;
  for (uint32_t i = 0; i < run->settle; i++) {
    for (uint32_t t = 0; t < plan->named_count; t++) {
      if (unit(plan, plan->named[t], i & 1, SAMPLE_SETTLE, failure) != 0) return -1;
    }
  }
  for (uint32_t i = 0; i < run->units; i++) {
    uint8_t kind = run->order[i] & ORDER_HIT ? 1 : 0;
    if (unit(plan, &plan->targets[run->order[i] & ORDER_TARGET], kind, 0, failure) != 0) return -1;
  }
  return 0;
}

static int unit(struct plan *plan, struct target *target, uint8_t kind, uint8_t flags, struct failure *failure) {
  if (plan->since_pause++ == UNITS_PER_PAUSE) {
    pause_briefly();
    plan->since_pause = 1;
  }
  if (process_interrupted) return fail(failure, "interrupted");
  exchange_function *exchange = target->protocol == TARGET_BURST ? exchange_burst : exchange_request;
  const struct payload *requests = target->requests.kinds;
  uint32_t timeout_ms = plan->run->timeout_ms;
  flags |= kind ? SAMPLE_HIT : 0;
  int outcome = target->expectation == EXPECT_SERVE
                    ? exchange(target, &requests[kind], flags, timeout_ms, &samples, failure)
                    : refusal_exchange(target, requests, flags, timeout_ms, &samples, failure);
  if (outcome == 0) return 0;
  target_close(target); /* what it may still answer belongs to nobody */
  return target_blame(target, failure);
}

static void pause_briefly(void) {
  struct timespec pause = {.tv_nsec = PAUSE_NS};
  nanosleep(&pause, NULL);
}

static void write_counters(const struct plan *plan, enum frame_kind kind) {
  struct frame_counters counters[MAX_TARGETS];
  for (uint32_t t = 0; t < plan->named_count; t++) counters[t] = plan->named[t]->counters;
  frame_write(kind, plan->run->step, 0, 0, counters, plan->named_count * (uint32_t)sizeof counters[0]);
}
