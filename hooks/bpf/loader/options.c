#define _GNU_SOURCE
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const hb_form_names[HB_FORMS] = {"auto", "fentry", "tp_btf", "raw_tp", "tp", "uprobe", "sk_skb"};
static const char *const level_names[] = {"empty", "filter", "latency", "scan", "full"};

static const char usage[] =
    "usage: hookbench-bpf [--form auto|fentry|tp_btf|raw_tp|tp|uprobe|sk_skb] [--level empty|filter|latency|scan|full]\n"
    "         [--functions read,recv,recvfrom,readv,recvmsg] [--block] [--canary PID] [--log FILE] --keywords FILE\n"
    "         --watch PID[:RING]… [--site PID:PROGRAM:entry|return:OFFSET:PATH]…\n"
    "       hookbench-bpf --object FILE PID…\n"
    "       hookbench-bpf --capabilities | --stats\n";

__attribute__((noreturn)) static void refuse(const char *what, const char *value) {
  fprintf(stderr, "hookbench-bpf: %s%s%s\n%s", what, value ? ": " : "", value ? value : "", usage);
  exit(2);
}

static uint64_t number(const char *text, char end, const char **behind) {
  char *stop;
  errno = 0;
  unsigned long long value = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &stop, 10) : (stop = (char *)text, 0);
  if (stop == text || errno || (*stop != end && *stop != '\0')) refuse("not a number", text);
  *behind = *stop ? stop + 1 : NULL;
  return value;
}

static pid_t pid_of(const char *text, char end, const char **behind) {
  uint64_t value = number(text, end, behind);
  if (value == 0 || value > 4194304) refuse("not a process id", text);
  return (pid_t)value;
}

static uint32_t index_in(const char *const *names, uint32_t count, const char *name, const char *what) {
  for (uint32_t i = 0; i < count; i++)
    if (strcmp(names[i], name) == 0) return i;
  refuse(what, name);
}

static uint32_t functions_of(char *list) {
  static const char *const names[] = {"read", "recv", "recvfrom", "readv", "recvmsg"};
  /* recv is the system call recvfrom */
  static const uint32_t bits[] = {HB_READ, HB_RECVFROM, HB_RECVFROM, HB_READV, HB_RECVMSG};
  uint32_t functions = 0;
  for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) functions |= bits[index_in(names, 5, name, "unknown function")];
  if (!functions) refuse("no function", NULL);
  return functions;
}

static void add_watched(struct hb_options *options, const char *text) {
  if (options->watched_count == HB_BPF_MOST_TARGETS) refuse("too many processes", text);
  struct hb_watched *watched = &options->watched[options->watched_count++];
  watched->pid = pid_of(text, ':', &watched->ring);
  for (uint32_t i = 0; i + 1 < options->watched_count; i++)
    if (options->watched[i].pid == watched->pid) refuse("watched twice", text);
}

static void add_site(struct hb_options *options, char *text) {
  if (options->site_count == HB_MOST_SITES) refuse("too many sites", text);
  struct hb_site *site = &options->sites[options->site_count++];
  const char *rest;
  site->pid = pid_of(text, ':', &rest);
  char *program = (char *)rest, *side = program ? strchr(program, ':') : NULL;
  char *offset = side ? strchr(side + 1, ':') : NULL;
  if (!offset) refuse("not a site", text);
  *side++ = '\0';
  *offset++ = '\0';
  site->program = program;
  static const char *const sides[] = {"entry", "return"};
  site->at_return = (int)index_in(sides, 2, side, "neither entry nor return");
  site->offset = number(offset, ':', &site->path);
  if (!site->path || site->path[0] != '/') refuse("a site without a file", offset);
}

static void check(const struct hb_options *options) {
  if (!options->keywords) refuse("no --keywords", NULL);
  if (!options->watched_count) refuse("no --watch", NULL);
  if ((options->form == HB_FORM_UPROBE) != (options->site_count > 0)) refuse("--site goes with --form uprobe, and that with it", NULL);
  if (options->form == HB_FORM_UPROBE && options->functions != HB_READ) refuse("--form uprobe knows read alone", NULL);
  if (options->blocks && options->form != HB_FORM_SK_SKB) refuse("--block goes with --form sk_skb", NULL);
  int sung = !options->canary;
  for (uint32_t i = 0; i < options->watched_count; i++) sung |= options->watched[i].pid == options->canary;
  if (!sung) refuse("the canary is not watched", NULL);
  if (options->canary && options->level != HB_LEVEL_FULL) refuse("a canary is heard at --level full only", NULL);
}

void hb_options_read(struct hb_options *options, int argc, char **argv) {
  static const struct option names[] = {
      {"form", required_argument, NULL, 'f'},   {"level", required_argument, NULL, 'l'},  {"functions", required_argument, NULL, 'n'},
      {"canary", required_argument, NULL, 'c'}, {"log", required_argument, NULL, 'o'},    {"keywords", required_argument, NULL, 'k'},
      {"watch", required_argument, NULL, 'w'},  {"site", required_argument, NULL, 's'},   {"block", no_argument, NULL, 'b'},
      {NULL, 0, NULL, 0},
  };
  const char *behind;
  memset(options, 0, sizeof *options);
  options->level = HB_LEVEL_FULL;
  options->functions = HB_READ;
  for (int name; (name = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (name) {
      case 'f': options->form = (enum hb_form)index_in(hb_form_names, HB_FORMS, optarg, "unknown form"); break;
      case 'l': options->level = (enum hb_bpf_level)index_in(level_names, 5, optarg, "unknown level"); break;
      case 'n': options->functions = functions_of(optarg); break;
      case 'c': options->canary = pid_of(optarg, '\0', &behind); break;
      case 'o': options->log = optarg; break;
      case 'k': options->keywords = optarg; break;
      case 'w': add_watched(options, optarg); break;
      case 'b': options->blocks = 1; break;
      case 's': add_site(options, optarg); break;
      default: refuse("unknown option", NULL);
    }
  }
  if (optind != argc) refuse("what is this", argv[optind]);
  check(options);
}
