#define _GNU_SOURCE
#include "cookies.h"

#include <stdlib.h>
#include <sys/socket.h>

/* Open addressing, never more than half full; 0 is free. Sockets are not taken out when they end: 16 bytes each, at most. */
static uint64_t *set;
static uint64_t room, count;

static uint64_t *place_of(uint64_t cookie) {
  uint64_t at = (cookie * 0x9e3779b97f4a7c15ull) >> 20;
  while (set[at & (room - 1)] != 0 && set[at & (room - 1)] != cookie) at++;
  return &set[at & (room - 1)];
}

static bool grow(void) {
  uint64_t *old = set, old_room = room;
  uint64_t *fresh = calloc(room ? room * 2 : 4096, sizeof *fresh);
  if (!fresh) return false;
  set = fresh;
  room = room ? room * 2 : 4096;
  for (uint64_t i = 0; i < old_room; i++)
    if (old[i]) *place_of(old[i]) = old[i];
  free(old);
  return true;
}

uint64_t hb_cookie_of(int fd) {
  uint64_t cookie = 0;
  socklen_t length = sizeof cookie;
  return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) == 0 ? cookie : 0;
}

bool hb_cookie_add(uint64_t cookie) {
  if (count * 2 >= room && !grow()) return false;
  uint64_t *place = place_of(cookie);
  count += *place == 0;
  *place = cookie;
  return true;
}

bool hb_cookie_known(uint64_t cookie) { return room > 0 && cookie != 0 && *place_of(cookie) == cookie; }
