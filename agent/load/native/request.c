#include "request.h"

#include <stdlib.h>
#include <string.h>

int requests_build(struct requests *requests, const struct request_template *around, const struct payload payloads[2],
                   struct failure *failure) {
  const unsigned char *before = around->bytes == NULL ? NULL : around->bytes + around->opening_length;
  requests_free(requests);
  for (int kind = 0; kind < 2; kind++) {
    const struct payload *payload = &payloads[kind];
    if (payload->bytes == NULL) continue;
    uint32_t length = around->before_length + payload->length + around->after_length;
    unsigned char *bytes = malloc(length);
    if (bytes == NULL) return fail(failure, "no memory for a request of %u bytes", length);
    if (before != NULL) {
      memcpy(bytes, before, around->before_length);
      memcpy(bytes + around->before_length + payload->length, before + around->before_length, around->after_length);
    }
    memcpy(bytes + around->before_length, payload->bytes, payload->length);
    requests->kinds[kind] = (struct payload){.bytes = bytes, .length = length};
  }
  return 0;
}

void requests_free(struct requests *requests) {
  for (int kind = 0; kind < 2; kind++) free(requests->kinds[kind].bytes);
  *requests = (struct requests){0};
}
