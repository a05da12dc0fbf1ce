/* Start: before main. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>

#include "attach.h"
#include "env.h"
#include "init.h"
#include "real.h"

/* musl loads us, and much would work, but its structures and its dlsym are not those this library is built and tested for. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));
static bool on_glibc(void) { return gnu_get_libc_version != NULL; }

static bool opened(struct hb_refusal *refusal) {
  const char *problem = hb_hook_opened ? hb_hook_opened() : NULL;
  *refusal = (struct hb_refusal){"hook", NULL, problem};
  return problem == NULL;
}

/* Of a set-user-id program's environment nothing is believed, and nothing is done. */
__attribute__((constructor)) static void start(void) {
  struct hb_refusal refusal;
  hb_real_resolve();
  if (getauxval(AT_SECURE)) return;
  const char *inherit = hb_env("HOOKBENCH_INHERIT");
  bool ready = on_glibc() && hb_attach(&refusal) && opened(&refusal);
  if (!on_glibc()) refusal = (struct hb_refusal){"libc", NULL, "this program's is not glibc"};
  if (ready)
    hb_attached();
  else
    hb_pass_through(&refusal);
  if (!inherit || strcmp(inherit, "1") != 0) hb_env_leave_preload();
}
