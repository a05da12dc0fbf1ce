#define _GNU_SOURCE
#include "verdict.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockets.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#define LOOK_EVERY_MS 100
/* for a program under way on another processor */
#define SETTLE_US 2000
#define MOST_ENDING 64u
/* of a connection that is dropped before it is accepted, some 15 ms apart; or that its other end has closed */
#define MOST_TRIES 200u

struct noted {
  int map;
  struct hb_bpf_owner owner;
  uint32_t count;
};

static const struct hb_options *watched_by;
static struct ring_buffer *drops;
static struct {
  uint64_t cookie;
  uint32_t tries;
} ending[MOST_ENDING];
static uint32_t ending_count;

static int fail(char *problem, size_t room, const char *what, int error) {
  snprintf(problem, room, "%s: %s", what, strerror(error));
  return -1;
}

static int number_of(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

static int note_listener(int fd, void *context) {
  struct noted *noted = context;
  struct sockaddr_storage address = {0};
  struct hb_bpf_listener at = {0};
  socklen_t size = sizeof address, cookie_size = sizeof at.netns;
  if (number_of(fd, SO_ACCEPTCONN) != 1 || number_of(fd, SO_PROTOCOL) != IPPROTO_TCP) return 0;
  if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return -1;
  if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &at.netns, &cookie_size) != 0) return -1;
  at.port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port : ((struct sockaddr_in *)&address)->sin_port);
  noted->count++;
  return bpf_map_update_elem(noted->map, &at, &noted->owner, BPF_ANY) == 0 ? 0 : -1;
}

/* Once for each control group that a watched process is in. */
static int attach_cgroup(struct hb_attached *attached, struct bpf_program *watch, pid_t pid) {
  static ino_t done[HB_BPF_MOST_TARGETS];
  static uint32_t done_count;
  struct stat info;
  int group = hb_cgroup_of(pid), error = 0;
  if (group < 0) return -1;
  if (fstat(group, &info) != 0) error = errno;
  for (uint32_t i = 0; !error && i < done_count; i++)
    if (done[i] == info.st_ino) {
      close(group);
      return 0;
    }
  if (!error && !hb_keep(attached, bpf_program__attach_cgroup(watch, group))) error = errno;
  if (!error) done[done_count++] = info.st_ino;
  close(group);
  errno = error;
  return error ? -1 : 0;
}

int hb_verdict_attach(struct hb_attached *attached, const struct hb_options *options, char *problem, size_t room) {
  struct bpf_object *object = attached->object;
  struct bpf_program *watch = bpf_object__find_program_by_name(object, "watch");
  struct bpf_program *verdict = bpf_object__find_program_by_name(object, "verdict");
  int sockets = bpf_object__find_map_fd_by_name(object, "sockets"), listeners = bpf_object__find_map_fd_by_name(object, "listeners");
  if (!watch || !verdict || sockets < 0 || listeners < 0) return fail(problem, room, "the program is not of this build", ENOENT);
  if (bpf_prog_attach(bpf_program__fd(verdict), sockets, BPF_SK_SKB_STREAM_VERDICT, 0) != 0)
    return fail(problem, room, "the verdict can't be attached to the map of sockets", errno);
  for (uint32_t i = 0; i < options->watched_count; i++) {
    pid_t pid = options->watched[i].pid;
    struct noted noted = {.map = listeners, .owner = {.target = i, .tgid = (uint32_t)pid}};
    if (hb_each_socket(pid, note_listener, &noted) != 0) return fail(problem, room, "the sockets of a process can't be looked at", errno);
    if (noted.count == 0) {
      snprintf(problem, room, "process %d listens on no TCP port", pid);
      return -1;
    }
    if (attach_cgroup(attached, watch, pid) != 0) return fail(problem, room, "new connections can't be watched in its control group", errno);
  }
  return 0;
}

static int note_dropped(void *context, void *cookie, size_t size) {
  (void)context;
  if (size < sizeof(uint64_t) || ending_count == MOST_ENDING) return 0;
  ending[ending_count].tries = 0;
  memcpy(&ending[ending_count++].cookie, cookie, sizeof(uint64_t));
  return 0;
}

int hb_verdict_dropped(struct hb_attached *attached, const struct hb_options *options) {
  watched_by = options;
  if (!options->blocks) return -1;
  drops = ring_buffer__new(bpf_object__find_map_fd_by_name(attached->object, "dropped"), note_dropped, NULL, NULL);
  return drops ? ring_buffer__epoll_fd(drops) : -1;
}

static int end_if_named(int fd, void *context) {
  (void)context;
  uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) return 0;
  for (uint32_t i = 0; i < ending_count; i++) {
    if (ending[i].cookie != cookie) continue;
    shutdown(fd, SHUT_RDWR);
    ending[i] = ending[--ending_count];
    break;
  }
  return ending_count == 0;
}

void hb_verdict_end(void) {
  if (!drops) return;
  ring_buffer__consume(drops);
  for (uint32_t i = 0; ending_count > 0 && i < watched_by->watched_count; i++) hb_each_socket(watched_by->watched[i].pid, end_if_named, NULL);
  for (uint32_t i = 0; i < ending_count;)
    if (++ending[i].tries > MOST_TRIES)
      ending[i] = ending[--ending_count];
    else
      i++;
}

void hb_verdict_leave(struct hb_attached *attached, struct hb_collector *collector) {
  hb_detach(attached);
  for (uint32_t i = 0; i < collector->count; i++) __atomic_store_n(&collector->of[i].target->leaving, 1, __ATOMIC_SEQ_CST);
  usleep(SETTLE_US);
}

void hb_verdict_linger(struct hb_attached *attached, int signals) {
  int sockets = bpf_object__find_map_fd_by_name(attached->object, "sockets");
  struct pollfd ends = {.fd = signals, .events = POLLIN};
  uint64_t key;
  while (bpf_map_get_next_key(sockets, NULL, &key) == 0)
    if (poll(&ends, 1, LOOK_EVERY_MS) > 0) return;
}
