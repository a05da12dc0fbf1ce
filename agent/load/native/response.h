#ifndef HOOKBENCH_LOAD_RESPONSE_H
#define HOOKBENCH_LOAD_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include "failure.h"

/* Whether the bytes so far hold a whole response, of `replies` replies where a protocol has several.
 * 1: yes, or all that is needed to know its `extent` in bytes, which may lie behind what is there (HTTP's body);
 * 0: more bytes are needed; -1: it is none of this kind or reports an error, the failure says why. */
typedef int response_rule(const char *bytes, size_t length, uint32_t replies, uint64_t *extent, struct failure *failure);

/* HTTP/1.1 that leaves the connection open and states its length. */
response_rule response_http;

/* Redis: each reply a status, an integer or a bulk string that is there. */
response_rule response_resp;

/* memcached's text protocol: STORED, or values and END. */
response_rule response_memcached;

/* PostgreSQL: messages up to ReadyForQuery, that of a new connection included. */
response_rule response_postgres;

#endif
