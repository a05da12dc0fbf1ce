#include "commands.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "input.h"
#include "limits.h"
#include "run.h"

#define LINE_BYTES 256u

static struct target *targets;
static struct payload payloads[2];

static int serve(const char *line);
static int take_target(const char *line);
static int expectation_of(const char *word);
static int protocol_of(const char *word);
static int take_template(const char *line);
static int take_payload(const char *line);
static int take_run(const char *line);

int commands_serve(void) {
  char line[LINE_BYTES];
  targets = targets_new();
  for (;;) {
    int length = input_line(line, sizeof line);
    if (length == -1 || strcmp(line, "quit") == 0) return 0;
    if (length >= 0 && serve(line) == 0) continue;
    char text[LINE_BYTES + 64];
    snprintf(text, sizeof text, "unreadable command: %.60s", length >= 0 ? line : "(too long)");
    frame_write_text(FRAME_ERROR, 0, text);
    return 2;
  }
}

static int serve(const char *line) {
  if (strncmp(line, "target ", 7) == 0) return take_target(line);
  if (strncmp(line, "template ", 9) == 0) return take_template(line);
  if (strncmp(line, "payload ", 8) == 0) return take_payload(line);
  if (strncmp(line, "run ", 4) == 0) return take_run(line);
  if (strcmp(line, "close") != 0) return -1;
  targets_close(targets);
  frame_write(FRAME_DONE, 0, 0, 0, NULL, 0);
  return 0;
}

static int take_target(const char *line) {
  unsigned id, port, count;
  char ipv4[16], word[10], expectation[7], rest;
  struct in_addr address;
  if (sscanf(line, "target %2u %15s %5u %9s %5u %6s%c", &id, ipv4, &port, word, &count, expectation, &rest) != 6)
    return -1;
  if (id >= MAX_TARGETS || port < 1 || port > 65535 || inet_pton(AF_INET, ipv4, &address) != 1) return -1;
  int protocol = protocol_of(word), expected = expectation_of(expectation);
  bool burst = protocol == TARGET_BURST;
  unsigned most = burst ? MAX_BURST_REQUESTS : protocol == TARGET_HTTP ? 1 : MAX_REPLIES;
  if (protocol < 0 || expected < 0 || count < 1 || count > most || (burst && expected != EXPECT_SERVE)) return -1;
  target_reset(&targets[id]);
  targets[id] = (struct target){.protocol = (enum target_protocol)protocol,
                                .expectation = (enum target_expectation)expected,
                                .id = id,
                                .ipv4_be = address.s_addr,
                                .port = (uint16_t)port,
                                .requests_per_unit = burst ? count : 1,
                                .replies = burst ? 0 : count,
                                .fd = -1};
  return 0;
}

static int expectation_of(const char *word) {
  static const char *words[] = {[EXPECT_SERVE] = "serve", [EXPECT_REFUSE] = "refuse", [EXPECT_RENEW] = "renew"};
  for (int i = 0; i < 3; i++) {
    if (strcmp(word, words[i]) == 0) return i;
  }
  return -1;
}

static int protocol_of(const char *word) {
  static const char *words[] = {[TARGET_HTTP] = "http",
                                [TARGET_BURST] = "burst",
                                [TARGET_RESP] = "resp",
                                [TARGET_MEMCACHED] = "memcached",
                                [TARGET_POSTGRES] = "postgres"};
  for (int i = TARGET_HTTP; i <= TARGET_POSTGRES; i++) {
    if (strcmp(word, words[i]) == 0) return i;
  }
  return -1;
}

/* What stands around the payload, for a target that is set. */
static int take_template(const char *line) {
  unsigned id;
  struct request_template around;
  char rest;
  int read = sscanf(line, "template %2u %5u %5u %5u%c", &id, &around.opening_length, &around.before_length, &around.after_length, &rest);
  if (read != 4 || id >= MAX_TARGETS || targets[id].protocol == TARGET_UNSET || targets[id].protocol == TARGET_BURST) return -1;
  if (around.opening_length > MAX_AROUND_BYTES || around.before_length > MAX_AROUND_BYTES) return -1;
  if (around.after_length > MAX_AROUND_BYTES) return -1;
  size_t length = (size_t)around.opening_length + around.before_length + around.after_length;
  around.bytes = malloc(length + 1);
  if (around.bytes == NULL || input_bytes(around.bytes, length) != 0) return -1;
  target_close(&targets[id]);
  free(targets[id].around.bytes);
  targets[id].around = around;
  return 0;
}

static int take_payload(const char *line) {
  unsigned kind, length;
  char rest;
  if (sscanf(line, "payload %1u %6u%c", &kind, &length, &rest) != 2) return -1;
  if (kind > 1 || length < 1 || length > MAX_PAYLOAD_BYTES) return -1;
  unsigned char *bytes = malloc(length);
  if (bytes == NULL || input_bytes(bytes, length) != 0) return -1;
  free(payloads[kind].bytes);
  payloads[kind] = (struct payload){.bytes = bytes, .length = length};
  return 0;
}

static int take_run(const char *line) {
  static uint8_t order[MAX_UNITS];
  struct run run = {.order = order};
  unsigned reconnect;
  char rest;
  int read = sscanf(line, "run %10u %7u %7u %1u %7u%c", &run.step, &run.units, &run.settle, &reconnect, &run.timeout_ms, &rest);
  if (read != 5 || run.units < 1 || run.units > MAX_UNITS || run.settle > MAX_UNITS || reconnect > 1) return -1;
  if (run.timeout_ms < 1 || input_bytes(order, run.units) != 0) return -1;
  run.reconnect = reconnect == 1;
  run_execute(&run, targets, payloads);
  return 0;
}
