/* What JavaScript calls: one crossing for each read. Node-API only, so that one build serves every Node from 18 on. */
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hook.h"

/* Target and header values of a request: Node takes 16 KiB of them unless told otherwise. */
#define TEXT_BYTES 32768u

static napi_value number(napi_env env, int64_t value) {
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

/* index of the keyword, -1 for none: a small integer, for which nothing is allocated */
static napi_value keyword_value(napi_env env, uint16_t keyword) {
  napi_value result = NULL;
  napi_create_int32(env, keyword == HB_NO_KEYWORD ? -1 : keyword, &result);
  return result;
}

static napi_value wrong(napi_env env, const char *what) {
  napi_throw_type_error(env, NULL, what);
  return NULL;
}

/* attach() → { blocks, errno }; throws one sentence when the environment is not what it must be */
static napi_value attach(napi_env env, napi_callback_info info) {
  (void)info;
  const struct hb_refusal *refusal = hb_node_attach();
  if (refusal) {
    char text[512];
    const char *value = refusal->value;
    snprintf(text, sizeof text, "%s%s%s: %s", refusal->variable, value ? " " : "", value ? value : "", refusal->problem);
    napi_throw_error(env, NULL, text);
    return NULL;
  }
  napi_value result = NULL, blocks = NULL;
  napi_create_object(env, &result);
  napi_get_boolean(env, hb_node_hook.action == HB_ACTION_BLOCK, &blocks);
  napi_set_named_property(env, result, "blocks", blocks);
  napi_set_named_property(env, result, "errno", number(env, hb_node_hook.block_errno));
  return result;
}

/* chunk(ArrayBuffer, fd) → keyword: scans and records what one read brought; under block nothing of a hit is left in it */
static napi_value chunk(napi_env env, napi_callback_info info) {
  size_t given = 2, size = 0;
  napi_value words[2];
  void *bytes = NULL;
  int32_t fd = -1;
  hb_node_ready();
  uint64_t started_ns = hb_node_now_ns();
  if (napi_get_cb_info(env, info, &given, words, NULL, NULL) != napi_ok || given < 2 ||
      napi_get_arraybuffer_info(env, words[0], &bytes, &size) != napi_ok || napi_get_value_int32(env, words[1], &fd) != napi_ok)
    return wrong(env, "chunk takes an ArrayBuffer and a descriptor");
  uint16_t keyword = hb_ac_scan(&hb_node_hook.ac, bytes, size);
  if (keyword != HB_NO_KEYWORD && hb_node_hook.action == HB_ACTION_BLOCK) memset(bytes, 0, size);
  hb_node_record(started_ns, fd, size, keyword);
  return keyword_value(env, keyword);
}

/* empty(failed): the stream ended, or a read failed */
static napi_value empty(napi_env env, napi_callback_info info) {
  size_t given = 1;
  napi_value words[1];
  bool failed = false;
  if (napi_get_cb_info(env, info, &given, words, NULL, NULL) != napi_ok || given < 1 ||
      napi_get_value_bool(env, words[0], &failed) != napi_ok)
    return wrong(env, "empty takes a boolean");
  hb_node_empty(failed);
  return NULL;
}

/* untracked(): a socket whose reads can't be seen, a loss */
static napi_value untracked(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  hb_node_untracked();
  return NULL;
}

/* begin(): the clock of the request that is looked at next, in this thread */
static __thread uint64_t begun_ns;

static napi_value begin(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  hb_node_ready();
  begun_ns = hb_node_now_ns();
  return NULL;
}

/* Its characters are bytes: Node makes Latin-1 strings of what a request's head holds. *size is what was scanned. */
static uint16_t scan_text(napi_env env, napi_value text, size_t *size) {
  static __thread char room[TEXT_BYTES];
  if (napi_get_value_string_latin1(env, text, room, sizeof room, size) != napi_ok) {
    *size = 0;
    return HB_NO_KEYWORD;
  }
  if (*size + 1 < sizeof room) return hb_ac_scan(&hb_node_hook.ac, (const uint8_t *)room, *size);
  napi_get_value_string_latin1(env, text, NULL, 0, size);
  char *larger = malloc(*size + 1);
  if (!larger) return HB_NO_KEYWORD;
  napi_get_value_string_latin1(env, text, larger, *size + 1, size);
  uint16_t keyword = hb_ac_scan(&hb_node_hook.ac, (const uint8_t *)larger, *size);
  free(larger);
  return keyword;
}

/* request(text, separators, body) → keyword: scans the head's text, of which so many characters only keep its parts from each other, then the
 * body where there is one (a Buffer), and records both as one */
static napi_value request(napi_env env, napi_callback_info info) {
  size_t given = 3, text_size = 0, size = 0;
  uint32_t separators = 0;
  napi_value words[3];
  void *bytes = NULL;
  napi_valuetype type = napi_undefined;
  if (napi_get_cb_info(env, info, &given, words, NULL, NULL) != napi_ok || given < 2 ||
      napi_get_value_uint32(env, words[1], &separators) != napi_ok)
    return wrong(env, "request takes a text and a number");
  uint16_t keyword = scan_text(env, words[0], &text_size);
  if (given > 2) napi_typeof(env, words[2], &type);
  if (type == napi_object) {
    if (napi_get_buffer_info(env, words[2], &bytes, &size) != napi_ok) return wrong(env, "a body is a Buffer");
    if (keyword == HB_NO_KEYWORD && size > 0) keyword = hb_ac_scan(&hb_node_hook.ac, bytes, size);
  }
  size += text_size > separators ? text_size - separators : 0;
  hb_node_record(begun_ns, -1, size, keyword);
  return keyword_value(env, keyword);
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"attach", NULL, attach, NULL, NULL, NULL, napi_default, NULL},
      {"chunk", NULL, chunk, NULL, NULL, NULL, napi_default, NULL},
      {"empty", NULL, empty, NULL, NULL, NULL, napi_default, NULL},
      {"untracked", NULL, untracked, NULL, NULL, NULL, napi_default, NULL},
      {"begin", NULL, begin, NULL, NULL, NULL, napi_default, NULL},
      {"request", NULL, request, NULL, NULL, NULL, napi_default, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
