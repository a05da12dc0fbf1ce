#define _GNU_SOURCE
#include "capabilities.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "objects.h"

#define LOG_BYTES 65536

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments) {
  (void)level;
  (void)format;
  (void)arguments;
  return 0;
}

/* The line before the verifier's summary says what is wrong. */
static const char *verdict_of(char *log) {
  const char *last = "";
  for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
    if (strncmp(line, "processed ", 10) != 0 && strncmp(line, "verification time", 17) != 0 && strncmp(line, "stack depth", 11) != 0)
      last = line;
  return last;
}

/* Loads the one program, and where that alone proves little attaches it too: to a function that nobody calls meanwhile, without effect. */
static void try_one(const char *name) {
  static char log[LOG_BYTES];
  size_t size;
  const void *bytes = hb_capability_object(&size);
  LIBBPF_OPTS(bpf_object_open_opts, how, .object_name = "hookbench_can", .kernel_log_buf = log, .kernel_log_size = sizeof log,
              .kernel_log_level = 1);
  log[0] = '\0';
  struct bpf_object *object = bpf_object__open_mem(bytes, size, &how);
  struct bpf_program *program, *tried = NULL;
  if (!object) {
    printf("%s refused cannot be opened: %s\n", name, strerror(errno));
    return;
  }
  bpf_object__for_each_program(program, object) {
    int is_tried = strcmp(bpf_program__name(program), name) == 0;
    bpf_program__set_autoload(program, is_tried);
    if (is_tried) tried = program;
  }
  int error = tried ? bpf_object__load(object) : -ENOENT;
  const char *step = "load";
  if (!error && bpf_program__type(tried) != BPF_PROG_TYPE_SK_SKB) {
    step = "attach";
    struct bpf_link *link = bpf_program__attach(tried);
    if (!link) error = -errno;
    bpf_link__destroy(link);
  }
  if (error)
    printf("%s refused %s: %s%s%s\n", name, step, strerror(-error), log[0] ? ": " : "", verdict_of(log));
  else
    printf("%s supported\n", name);
  bpf_object__close(object);
}

int hb_capabilities(void) {
  static const char *const names[] = {"send_signal", "sk_skb_verdict", "override_return", "lsm", "fmod_ret"};
  libbpf_set_print(quiet);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) try_one(names[i]);
  return 0;
}
