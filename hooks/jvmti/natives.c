/* The natives that java.net.Socket, socket channels and asynchronous ones all end at, in JDK 17 and newer. */
#define _GNU_SOURCE
#include "natives.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"

struct native {
  const char *class, *name, *signature;
  void *ours;
  void **jdks; /* in hb_jdk */
  unsigned proof;
  bool bound;
};

#define FD "Ljava/io/FileDescriptor;"
#define NATIVE(class_, name_, signature_, ours_, call)                                                    \
  {.class = "sun/nio/ch/" class_, .name = name_, .signature = signature_, .ours = (void *)ours_, \
   .jdks = (void **)&hb_jdk.call, .proof = HB_PROVEN(call)}

static struct native natives[] = {
    NATIVE("SocketDispatcher", "read0", "(" FD "JI)I", hb_read0, read0),
    NATIVE("SocketDispatcher", "readv0", "(" FD "JI)J", hb_readv0, readv0),
    NATIVE("Net", "accept", "(" FD FD "[Ljava/net/InetSocketAddress;)I", hb_accept, accept),
    NATIVE("UnixDomainSockets", "accept0", "(" FD FD "[Ljava/lang/Object;)I", hb_accept_unix, accept_unix),
    /* one of the two: they moved with JDK 20 */
    NATIVE("UnixDispatcher", "close0", "(" FD ")V", hb_close0, close0),
    NATIVE("FileDispatcherImpl", "close0", "(" FD ")V", hb_close0, close0),
    NATIVE("UnixDispatcher", "preClose0", "(" FD ")V", hb_pre_close0, pre_close0),
    NATIVE("FileDispatcherImpl", "preClose0", "(" FD ")V", hb_pre_close0, pre_close0),
};
#define NATIVES (sizeof natives / sizeof *natives)

/* A class signature is its name between L and ; */
static bool is_class(const char *signature, const char *name) {
  size_t length = strlen(name);
  return signature[0] == 'L' && strncmp(signature + 1, name, length) == 0 && strcmp(signature + 1 + length, ";") == 0;
}

static struct native *find(const char *class, const char *name, const char *signature) {
  for (struct native *native = natives; native < natives + NATIVES; native++)
    if (strcmp(native->name, name) == 0 && strcmp(native->signature, signature) == 0 && is_class(class, native->class))
      return native;
  return NULL;
}

static struct native *known(jvmtiEnv *jvmti, jmethodID method) {
  char *name = NULL, *signature = NULL, *class_name = NULL;
  jclass class;
  struct native *native = NULL;
  if ((*jvmti)->GetMethodName(jvmti, method, &name, &signature, NULL) == JVMTI_ERROR_NONE &&
      (*jvmti)->GetMethodDeclaringClass(jvmti, method, &class) == JVMTI_ERROR_NONE &&
      (*jvmti)->GetClassSignature(jvmti, class, &class_name, NULL) == JVMTI_ERROR_NONE)
    native = find(class_name, name, signature);
  (*jvmti)->Deallocate(jvmti, (unsigned char *)name);
  (*jvmti)->Deallocate(jvmti, (unsigned char *)signature);
  (*jvmti)->Deallocate(jvmti, (unsigned char *)class_name);
  return native;
}

void JNICALL hb_natives_bind(jvmtiEnv *jvmti, JNIEnv *env, jthread thread, jmethodID method, void *address, void **replacement) {
  (void)thread;
  if (!env) return; /* so early no class can be asked for its name */
  struct native *native = known(jvmti, method);
  if (!native || !hb_calls_prepare(env)) return;
  *native->jdks = address;
  native->bound = true;
  *replacement = native->ours;
}

/* new FileDescriptor(): its number is -1 */
static jobject no_descriptor(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "java/io/FileDescriptor");
  jmethodID make = class ? (*env)->GetMethodID(env, class, "<init>", "()V") : NULL;
  return make ? (*env)->NewObject(env, class, make) : NULL;
}

static void call(JNIEnv *env, const struct native *native, jobject descriptor) {
  jclass class = (*env)->FindClass(env, native->class);
  jmethodID method = class ? (*env)->GetStaticMethodID(env, class, native->name, native->signature) : NULL;
  jvalue words[3] = {{.l = descriptor}, {.j = 0}, {.i = 0}};
  if (strstr(native->signature, FD FD)) {
    words[1].l = descriptor;
    words[2].l = NULL;
  }
  if (method) {
    switch (strchr(native->signature, ')')[1]) {
      case 'I': (*env)->CallStaticIntMethodA(env, class, method, words); break;
      case 'J': (*env)->CallStaticLongMethodA(env, class, method, words); break;
      default: (*env)->CallStaticVoidMethodA(env, class, method, words);
    }
  }
  (*env)->ExceptionClear(env); /* a bad descriptor, or a class that this JDK has not */
}

const char *hb_natives_prove(JNIEnv *env) {
  jobject descriptor = hb_calls_prepare(env) ? no_descriptor(env) : NULL;
  (*env)->ExceptionClear(env);
  if (!descriptor) return "java.io.FileDescriptor";
  for (size_t i = 0; i < NATIVES; i++) call(env, &natives[i], descriptor);
  for (size_t i = 0; i < NATIVES; i++)
    if (!(hb_calls_proven & natives[i].proof)) return natives[i].name;
  return NULL;
}

void hb_natives_tell(char *text, size_t room) {
  size_t used = 0;
  *text = 0;
  for (struct native *native = natives; native < natives + NATIVES && used < room; native++) {
    if (!native->bound) continue;
    const char *class = strrchr(native->class, '/') + 1;
    used += (size_t)snprintf(text + used, room - used, "%s%s.%s", used ? ", " : "", class, native->name);
  }
}
