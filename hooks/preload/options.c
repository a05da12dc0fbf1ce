#define _GNU_SOURCE
#include "options.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "../abi/record.h"
#include "env.h"

struct choice {
  const char *name;
  uint32_t value;
};

static const struct choice functions[] = {
    {"read", HB_FUNCTION_READ},   {"recv", HB_FUNCTION_RECV},       {"recvfrom", HB_FUNCTION_RECVFROM},
    {"readv", HB_FUNCTION_READV}, {"recvmsg", HB_FUNCTION_RECVMSG}, {NULL, 0},
};

/* The forms with a level are for tests and for comparing levels; each is the most that is used. */
static const struct choice scanners[] = {
    {"ac", HB_LEVEL_AC},
    {"simd", HB_LEVEL_AVX512},
    {"simd-avx512", HB_LEVEL_AVX512},
    {"simd-avx2", HB_LEVEL_AVX2},
    {"simd-ssse3", HB_LEVEL_SSSE3},
    {NULL, 0},
};

static const struct choice clocks[] = {{"vdso", HB_CLOCK_VDSO}, {"tsc", HB_CLOCK_TSC}, {NULL, 0}};

/* Errors that say the connection is of no use any more. Not EAGAIN or EINTR: programs would ask again, for bytes that are gone. */
static const struct choice errnos[] = {
    {"ECONNRESET", ECONNRESET}, {"ECONNABORTED", ECONNABORTED}, {"EPIPE", EPIPE},   {"EIO", EIO},
    {"ETIMEDOUT", ETIMEDOUT},   {"ENETRESET", ENETRESET},       {"EACCES", EACCES}, {"EPERM", EPERM},
    {"ENOTCONN", ENOTCONN},     {"ESHUTDOWN", ESHUTDOWN},       {NULL, 0},
};

static uint32_t find(const struct choice *choices, const char *name, size_t length) {
  for (; choices->name; choices++)
    if (strlen(choices->name) == length && memcmp(choices->name, name, length) == 0) return choices->value;
  return 0;
}

static uint32_t choose(const char *value, const struct choice *choices) { return find(choices, value, strlen(value)); }

/* A list with commas; 0 when a name is unknown or missing. */
static uint32_t choose_all(const char *value, const struct choice *choices) {
  uint32_t all = 0;
  for (;;) {
    size_t length = strcspn(value, ",");
    uint32_t one = find(choices, value, length);
    if (!one) return 0;
    all |= one;
    if (!value[length]) return all;
    value += length + 1;
  }
}

/* By name, or by a number that has one of the names. */
static uint32_t choose_errno(const char *value, const struct choice *choices) {
  uint32_t number = 0;
  for (const char *digit = value; *digit >= '0' && *digit <= '9' && number < 1000; digit++) {
    number = number * 10 + (uint32_t)(*digit - '0');
    if (digit[1]) continue;
    for (const struct choice *choice = choices; choice->name; choice++)
      if (choice->value == number) return number;
  }
  return choose(value, choices);
}

struct question {
  const char *variable;
  uint32_t (*answer)(const char *value, const struct choice *choices);
  const struct choice *choices;
  const char *problem;
};

static const struct question questions[] = {
    {"HOOKBENCH_FUNCTIONS", choose_all, functions, "not a list of read, recv, recvfrom, readv, recvmsg"},
    {"HOOKBENCH_SCANNER", choose, scanners, "not one of ac, simd, simd-avx512, simd-avx2, simd-ssse3"},
    {"HOOKBENCH_CLOCK", choose, clocks, "not one of vdso, tsc"},
    {"HOOKBENCH_ERRNO", choose_errno, errnos,
     "not one of ECONNRESET, ECONNABORTED, EPIPE, EIO, ETIMEDOUT, ENETRESET, EACCES, EPERM, ENOTCONN, ESHUTDOWN"},
};

bool hb_options_read(struct hb_options *options, struct hb_refusal *refusal) {
  uint32_t answers[] = {HB_FUNCTION_READ, HB_LEVEL_AC, HB_CLOCK_VDSO, ECONNRESET};
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
    const struct question *question = &questions[i];
    const char *value = hb_env(question->variable);
    if (!value) continue;
    answers[i] = question->answer(value, question->choices);
    if (answers[i]) continue;
    *refusal = (struct hb_refusal){question->variable, value, question->problem};
    return false;
  }
  options->functions = answers[0];
  options->scanner = answers[1] == HB_LEVEL_AC ? HB_SCANNER_AC : HB_SCANNER_SIMD;
  options->most_level = answers[1];
  options->clock = answers[2];
  options->block_errno = (int)answers[3];
  return true;
}
