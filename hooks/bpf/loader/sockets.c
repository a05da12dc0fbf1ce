#define _GNU_SOURCE
#include "sockets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FSCONFIG_CREATE 6u /* FSCONFIG_CMD_CREATE */
#define CLOSE_ON_EXEC 1u   /* FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC */

static int is_socket(int folder, const char *name) {
  char target[64];
  ssize_t length = readlinkat(folder, name, target, sizeof target);
  return length > 7 && memcmp(target, "socket:", 7) == 0;
}

int hb_each_socket(pid_t pid, int (*look)(int fd, void *context), void *context) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  int process = (int)syscall(SYS_pidfd_open, pid, 0), answer = 0;
  if (process < 0) return -1;
  DIR *folder = opendir(path);
  if (!folder) {
    close(process);
    return -1;
  }
  for (struct dirent *entry; answer == 0 && (entry = readdir(folder));) {
    if (!is_socket(dirfd(folder), entry->d_name)) continue;
    int fd = (int)syscall(SYS_pidfd_getfd, process, atoi(entry->d_name), 0);
    if (fd < 0 && errno == EBADF) continue; /* closed meanwhile */
    answer = fd < 0 ? -1 : look(fd, context);
    if (fd >= 0) close(fd);
  }
  closedir(folder);
  close(process);
  return answer;
}

/* The root of the hierarchy, mounted nowhere. */
static int cgroup_root(void) {
  int context = (int)syscall(SYS_fsopen, "cgroup2", CLOSE_ON_EXEC);
  if (context < 0) return -1;
  int made = (int)syscall(SYS_fsconfig, context, FSCONFIG_CREATE, NULL, NULL, 0);
  int root = made == 0 ? (int)syscall(SYS_fsmount, context, CLOSE_ON_EXEC, 0) : -1;
  close(context);
  return root;
}

int hb_cgroup_of(pid_t pid) {
  char path[64], line[4096] = "";
  snprintf(path, sizeof path, "/proc/%d/cgroup", pid);
  FILE *file = fopen(path, "re");
  if (!file) return -1;
  const char *below = "";
  while (fgets(line, sizeof line, file)) {
    if (strncmp(line, "0::/", 4) != 0) continue;
    line[strcspn(line, "\n")] = '\0';
    below = line + 4;
    break;
  }
  fclose(file);
  int root = cgroup_root();
  if (root < 0) return -1;
  int fd = openat(root, *below ? below : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  close(root);
  return fd;
}
