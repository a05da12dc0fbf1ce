#define _GNU_SOURCE
#include "tool_options.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE "JAVA_TOOL_OPTIONS"

/* Options are separated by blanks, but not within quotes of either kind. Returns the end of the one that begins here. */
static char *end_of(char *option) {
  char quote = 0;
  for (; *option && (quote || !strchr(" \t\n\r\f", *option)); option++) {
    if (quote ? *option == quote : (*option == '"' || *option == '\'')) quote = quote ? 0 : *option;
  }
  return option;
}

/* The virtual machine has read it by now, and the program's other threads do not run yet. Works in place: it only gets shorter. */
void hb_tool_options_leave(void) {
  char *value = getenv(VARIABLE), *to = value;
  Dl_info us;
  if (!value || !dladdr((void *)&hb_tool_options_leave, &us)) return;
  for (char *option = value; *option;) {
    char *end = end_of(option), *next = end + (*end != 0);
    char *ours = memmem(option, (size_t)(end - option), us.dli_fname, strlen(us.dli_fname));
    if (!ours || strncmp(option, "-agentpath:", 11) != 0) {
      memmove(to, option, (size_t)(next - option));
      to += next - option;
    }
    option = next;
  }
  *to = 0;
  if (!value[strspn(value, " \t\n\r\f")]) unsetenv(VARIABLE);
}
