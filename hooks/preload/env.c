#define _GNU_SOURCE
#include "env.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char **find(const char *name) {
  size_t length = strlen(name);
  for (char **entry = environ; entry && *entry; entry++)
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return entry;
  return NULL;
}

const char *hb_env(const char *name) {
  char **entry = find(name);
  return entry ? *entry + strlen(name) + 1 : NULL;
}

/* An entry with a slash is a path and may be another name of our file; one without is searched for, so its name must do. */
static bool is_us(char *entry, size_t length, const char *us) {
  char kept = entry[length];
  struct stat theirs, ours;
  entry[length] = 0;
  const char *name = strrchr(us, '/');
  bool same = strcmp(entry, us) == 0;
  if (!same && strchr(entry, '/'))
    same = stat(entry, &theirs) == 0 && stat(us, &ours) == 0 && theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
  else if (!same)
    same = strcmp(entry, name ? name + 1 : us) == 0;
  entry[length] = kept;
  return same;
}

/* Works in place: the list only gets shorter. ld.so separates entries by colons or spaces. */
void hb_env_leave_preload(void) {
  char **entry = find("LD_PRELOAD");
  Dl_info info;
  if (!entry || !dladdr((void *)&hb_env_leave_preload, &info)) return;
  char *start = *entry + strlen("LD_PRELOAD="), *to = start;
  for (char *from = start; *from;) {
    size_t length = strcspn(from, ": ");
    char *next = from + length + (from[length] != 0);
    if (length > 0 && !is_us(from, length, info.dli_fname)) {
      if (to > start) *to++ = ':';
      memmove(to, from, length);
      to += length;
    }
    from = next;
  }
  *to = 0;
  if (to > start) return;
  do {
    entry[0] = entry[1];
  } while (*entry++);
}
