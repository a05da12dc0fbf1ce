#define _GNU_SOURCE
#include "attach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "objects.h"
#include "verdict.h"

static FILE *log_file;

static int log_line(enum libbpf_print_level level, const char *format, va_list arguments) {
  if (!log_file || level == LIBBPF_DEBUG) return 0;
  int written = vfprintf(log_file, format, arguments);
  fflush(log_file);
  return written;
}

void hb_log_to(const char *path) {
  log_file = path ? fopen(path, "we") : NULL;
  libbpf_set_print(log_line);
}

static int fail(char *problem, size_t room, const char *what, const char *on, int error) {
  snprintf(problem, room, "%s %s: %s", what, on, strerror(error < 0 ? -error : error));
  return -1;
}

static int ends_with(const char *name, const char *end) {
  size_t length = strlen(name), tail = strlen(end);
  return length >= tail && strcmp(name + length - tail, end) == 0;
}

/* Programs of functions that nobody asked for would cost something at each call. */
static void choose(struct bpf_program *program, uint32_t functions) {
  static const struct {
    const char *end;
    uint32_t bit;
  } reads[] = {{"_read", HB_READ}, {"_recvfrom", HB_RECVFROM}, {"_readv", HB_READV}, {"_recvmsg", HB_RECVMSG}};
  for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
    if (ends_with(bpf_program__name(program), reads[i].end) && !(functions & reads[i].bit)) bpf_program__set_autoload(program, false);
}

int hb_load(struct hb_attached *attached, enum hb_form form, const struct hb_options *options, const struct hb_tables *tables, char *problem,
            size_t room) {
  size_t size;
  const void *bytes = hb_object(form, &size);
  LIBBPF_OPTS(bpf_object_open_opts, named, .object_name = "hookbench");
  memset(attached, 0, sizeof *attached);
  attached->object = bpf_object__open_mem(bytes, size, &named);
  if (!attached->object) return fail(problem, room, "cannot open", hb_form_names[form], errno);
  struct bpf_program *program;
  bpf_object__for_each_program(program, attached->object) choose(program, options->functions);
  const char *wrong = hb_tables_prepare(tables, attached->object, options);
  int error = wrong ? 0 : bpf_object__load(attached->object);
  if (!wrong && !error) wrong = hb_tables_fill(tables, attached->object);
  if (!wrong && !error) return 0;
  hb_unload(attached);
  if (error) return fail(problem, room, "cannot load", hb_form_names[form], error);
  snprintf(problem, room, "%s", wrong);
  return -1;
}

int hb_keep(struct hb_attached *attached, struct bpf_link *link) {
  if (!link) return 0;
  attached->links[attached->link_count++] = link;
  return 1;
}

static int attach_sites(struct hb_attached *attached, const struct hb_options *options, int leaves, char *problem, size_t room) {
  for (uint32_t i = 0; i < options->site_count; i++) {
    const struct hb_site *site = &options->sites[i];
    if ((strncmp(site->program, "leave", 5) == 0) != leaves) continue;
    struct bpf_program *program = bpf_object__find_program_by_name(attached->object, site->program);
    if (!program) return fail(problem, room, "no program", site->program, ENOENT);
    LIBBPF_OPTS(bpf_uprobe_opts, where, .retprobe = site->at_return);
    if (!hb_keep(attached, bpf_program__attach_uprobe_opts(program, site->pid, site->path, site->offset, &where)))
      return fail(problem, room, "cannot attach", site->program, errno);
  }
  return 0;
}

static int attach_programs(struct hb_attached *attached, int leaves, char *problem, size_t room) {
  struct bpf_program *program;
  bpf_object__for_each_program(program, attached->object) {
    const char *name = bpf_program__name(program);
    if (!bpf_program__autoload(program) || (strncmp(name, "leave", 5) == 0) != leaves) continue;
    if (!hb_keep(attached, bpf_program__attach(program))) return fail(problem, room, "cannot attach", name, errno);
  }
  return 0;
}

int hb_attach(struct hb_attached *attached, enum hb_form form, const struct hb_options *options, char *problem, size_t room) {
  for (int leaves = 1; leaves >= 0; leaves--) {
    int failed = form == HB_FORM_UPROBE ? attach_sites(attached, options, leaves, problem, room)
                 : form == HB_FORM_SK_SKB ? (leaves ? 0 : hb_verdict_attach(attached, options, problem, room))
                                          : attach_programs(attached, leaves, problem, room);
    if (!failed) continue;
    hb_unload(attached);
    return -1;
  }
  return 0;
}

void hb_detach(struct hb_attached *attached) {
  while (attached->link_count > 0) bpf_link__destroy(attached->links[--attached->link_count]);
}

void hb_unload(struct hb_attached *attached) {
  hb_detach(attached);
  if (attached->object) bpf_object__close(attached->object);
  attached->object = NULL;
}
