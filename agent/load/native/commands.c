#include "commands.h"

#include <arpa/inet.h>
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
  if (strncmp(line, "payload ", 8) == 0) return take_payload(line);
  if (strncmp(line, "run ", 4) == 0) return take_run(line);
  if (strcmp(line, "close") != 0) return -1;
  targets_close(targets);
  frame_write(FRAME_DONE, 0, 0, 0, NULL, 0);
  return 0;
}

static int take_target(const char *line) {
  unsigned id, port, requests;
  char ipv4[16], protocol[6], expectation[7], rest;
  struct in_addr address;
  if (sscanf(line, "target %2u %15s %5u %5s %5u %6s%c", &id, ipv4, &port, protocol, &requests, expectation, &rest) != 6)
    return -1;
  if (id >= MAX_TARGETS || port < 1 || port > 65535 || inet_pton(AF_INET, ipv4, &address) != 1) return -1;
  int http = strcmp(protocol, "http") == 0;
  if (!http && strcmp(protocol, "burst") != 0) return -1;
  if (requests < 1 || requests > (http ? 1 : MAX_BURST_REQUESTS)) return -1;
  int expected = expectation_of(expectation);
  if (expected < 0 || (!http && expected != EXPECT_SERVE)) return -1;
  target_close(&targets[id]);
  targets[id] = (struct target){.protocol = http ? TARGET_HTTP : TARGET_BURST,
                                .expectation = (enum target_expectation)expected,
                                .id = id,
                                .ipv4_be = address.s_addr,
                                .port = (uint16_t)port,
                                .requests_per_unit = requests,
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
