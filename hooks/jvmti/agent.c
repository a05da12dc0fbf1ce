/* A JVM TI agent, loaded by -agentpath before the program's own code. Options: none, or `tell`: only says on stderr which natives it
 * would hook in this JDK, and hooks nothing (hookbench doctor). */
#define _GNU_SOURCE
#include <jvmti.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "../preload/attach.h"
#include "../preload/fdtable.h"
#include "../preload/real.h"
#include "natives.h"
#include "tool_options.h"

static bool telling;

static void tell(const char *unproven) {
  char text[512];
  hb_natives_tell(text, sizeof text);
  if (unproven)
    dprintf(2, "hookbench-jvmti: this JDK is not known: %s can't be replaced\n", unproven);
  else
    dprintf(2, "hookbench-jvmti: replaces %s\n", text);
}

/* The virtual machine is up, and none of the program's classes has run: `attached` is stored here, when every native has been seen to
 * come through ours. */
static void JNICALL vm_init(jvmtiEnv *jvmti, JNIEnv *env, jthread thread) {
  (void)thread;
  const char *unproven = hb_natives_prove(env);
  (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_DISABLE, JVMTI_EVENT_NATIVE_METHOD_BIND, NULL);
  if (telling) return tell(unproven);
  if (!unproven) return hb_attached();
  hb_fdtable_open(0, ~0u); /* nothing is an accepted socket any more: every call passes through */
  tell(unproven);
}

static bool start(JavaVM *vm) {
  jvmtiEnv *jvmti;
  if ((*vm)->GetEnv(vm, (void **)&jvmti, JVMTI_VERSION_11) != JNI_OK) return false;
  jvmtiCapabilities wanted = {.can_generate_native_method_bind_events = 1};
  jvmtiEventCallbacks events = {.VMInit = vm_init, .NativeMethodBind = hb_natives_bind};
  return (*jvmti)->AddCapabilities(jvmti, &wanted) == JVMTI_ERROR_NONE &&
         (*jvmti)->SetEventCallbacks(jvmti, &events, sizeof events) == JVMTI_ERROR_NONE &&
         (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_NATIVE_METHOD_BIND, NULL) == JVMTI_ERROR_NONE &&
         (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_VM_INIT, NULL) == JVMTI_ERROR_NONE;
}

/* Of a set-user-id program's environment nothing is believed. Whatever is wrong, the program runs on. */
JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM *vm, char *options, void *reserved) {
  (void)reserved;
  struct hb_refusal refusal = {"JVM TI", NULL, "this virtual machine has not what is needed"};
  const char *inherit = getenv("HOOKBENCH_INHERIT");
  telling = options && strcmp(options, "tell") == 0;
  if (getauxval(AT_SECURE)) return JNI_OK;
  if (!inherit || strcmp(inherit, "1") != 0) hb_tool_options_leave();
  hb_real_resolve();
  if ((!telling && !hb_attach(&refusal)) || !start(vm)) hb_pass_through(&refusal);
  return JNI_OK;
}
