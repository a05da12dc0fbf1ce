/* Start: before main. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>

#include "attach.h"
#include "env.h"
#include "init.h"
#include "libc.h"
#include "real.h"

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
  /* Either loader takes either library, and much would work, but structures and dlsym are not those it is built and tested for. */
  const char *other_libc = hb_libc_problem();
  bool ready = !other_libc && hb_attach(&refusal) && opened(&refusal);
  if (other_libc) refusal = (struct hb_refusal){"libc", NULL, other_libc};
  if (ready)
    hb_attached();
  else
    hb_pass_through(&refusal);
  if (!inherit || strcmp(inherit, "1") != 0) hb_env_leave_preload();
}
