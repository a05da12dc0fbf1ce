#define _GNU_SOURCE
#include "own.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PIDS "hookbench_pids"
#define MOST_VALUE 4096u

static int say(enum libbpf_print_level level, const char *format, va_list arguments) {
  return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

static int refuse(const char *path, const char *what, const char *on, int error) {
  char words[128];
  libbpf_strerror(error, words, sizeof words);
  fprintf(stderr, "hookbench-bpf: %s: %s%s: %s\n", path, what, on, words);
  return 1;
}

/* Returns 0 also where the object has no such map. */
static int name_pids(struct bpf_object *object, char *const *pids) {
  struct bpf_map *map = bpf_object__find_map_by_name(object, PIDS);
  uint8_t value[MOST_VALUE] = {1};
  if (!map) return 0;
  if (bpf_map__type(map) != BPF_MAP_TYPE_HASH || bpf_map__key_size(map) != 4 || bpf_map__value_size(map) > sizeof value) return EINVAL;
  for (; *pids; pids++) {
    uint32_t pid = (uint32_t)strtoul(*pids, NULL, 10);
    if (bpf_map_update_elem(bpf_map__fd(map), &pid, value, BPF_ANY) != 0) return errno;
  }
  return 0;
}

static int attach_all(const char *path, struct bpf_object *object) {
  struct bpf_program *program;
  uint32_t attached = 0;
  bpf_object__for_each_program(program, object) {
    if (!bpf_program__autoload(program)) continue;
    /* the link lives as long as this process */
    if (!bpf_program__attach(program)) return refuse(path, "can't attach ", bpf_program__name(program), errno);
    attached++;
  }
  return attached > 0 ? 0 : refuse(path, "it holds no program", "", ENOENT);
}

int hb_own_object(const char *path, char *const *pids) {
  char nothing[256];
  libbpf_set_print(say);
  setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
  struct bpf_object *object = bpf_object__open_file(path, NULL);
  if (!object) return refuse(path, "can't be read", "", errno);
  struct bpf_map *map;
  /* what is pinned would outlive us */
  bpf_object__for_each_map(map, object) bpf_map__set_pin_path(map, NULL);
  int error = bpf_object__load(object);
  if (error) return refuse(path, "the kernel does not load it", "", -error);
  if ((error = name_pids(object, pids)) != 0) return refuse(path, "the processes can't be named in ", PIDS, error);
  if (attach_all(path, object) != 0) return 1;
  printf("form object\nlive\n");
  fflush(stdout);
  while (read(STDIN_FILENO, nothing, sizeof nothing) > 0) continue;
  printf("detached\n");
  return 0;
}
