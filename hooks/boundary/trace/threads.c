#include "threads.h"

#include <stdlib.h>

#include "../status.h"

#define BUCKETS 1024u /* a power of two */

struct hb_target *hb_targets[HB_MOST_TARGETS];
uint32_t hb_target_count, hb_thread_count, hb_unstopped;
static struct hb_thread *buckets[BUCKETS];

static struct hb_thread **bucket_of(pid_t tid) { return &buckets[(uint32_t)tid & (BUCKETS - 1)]; }

struct hb_thread *hb_thread_find(pid_t tid) {
  struct hb_thread *thread = *bucket_of(tid);
  while (thread && thread->tid != tid) thread = thread->next;
  return thread;
}

static struct hb_target *target_of(pid_t tid) {
  pid_t pid = hb_status_number(tid, "Tgid");
  for (uint32_t i = 0; i < hb_target_count; i++)
    if (hb_targets[i]->pid == pid) return hb_targets[i];
  return NULL;
}

struct hb_thread *hb_thread_note(pid_t tid) {
  struct hb_thread *thread = calloc(1, sizeof *thread);
  if (!thread) return NULL;
  thread->tid = tid;
  thread->target = target_of(tid);
  thread->next = *bucket_of(tid);
  *bucket_of(tid) = thread;
  hb_thread_count++;
  hb_unstopped++;
  return thread;
}

void hb_thread_forget(pid_t tid) {
  struct hb_thread **at = bucket_of(tid);
  while (*at && (*at)->tid != tid) at = &(*at)->next;
  struct hb_thread *gone = *at;
  if (!gone) return;
  *at = gone->next;
  hb_thread_count--;
  hb_unstopped -= !gone->stopped_once;
  free(gone);
}

void hb_thread_has_stopped(struct hb_thread *thread) {
  hb_unstopped -= !thread->stopped_once;
  thread->stopped_once = true;
}

void hb_threads_each(void (*what)(struct hb_thread *thread)) {
  for (uint32_t i = 0; i < BUCKETS; i++)
    for (struct hb_thread *thread = buckets[i], *next; thread; thread = next) {
      next = thread->next;
      what(thread);
    }
}
