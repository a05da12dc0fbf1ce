/* What stands in the place of the JDK's natives behind sockets. Each calls the native that it stands for, whose address comes from
 * natives.c, and does the hook's work around it. */
#ifndef HOOKBENCH_JVMTI_CALLS_H
#define HOOKBENCH_JVMTI_CALLS_H

#include <jni.h>
#include <stdbool.h>

/* The natives as the JDK has them. Which class has close and preClose depends on the JDK (natives.c). */
struct hb_jdk {
  jint(JNICALL *read0)(JNIEnv *, jclass, jobject fd, jlong address, jint size);
  jlong(JNICALL *readv0)(JNIEnv *, jclass, jobject fd, jlong parts, jint count);
  jint(JNICALL *accept)(JNIEnv *, jclass, jobject listener, jobject fd, jobjectArray addresses);
  jint(JNICALL *accept_unix)(JNIEnv *, jclass, jobject listener, jobject fd, jobjectArray address);
  void(JNICALL *close0)(JNIEnv *, jclass, jobject fd);
  void(JNICALL *pre_close0)(JNIEnv *, jclass, jobject fd);
};
extern struct hb_jdk hb_jdk;

/* Bits of the calls that came through ours with a descriptor below 0: the proof that they are in place. */
extern unsigned hb_calls_proven;
#define HB_PROVEN(call) (1u << (offsetof(struct hb_jdk, call) / sizeof(void *)))

/* Looks up what the calls need of the JDK. False when it has not what is looked for; an exception is cleared. */
bool hb_calls_prepare(JNIEnv *env);

jint JNICALL hb_read0(JNIEnv *env, jclass class, jobject object, jlong address, jint size);
jlong JNICALL hb_readv0(JNIEnv *env, jclass class, jobject object, jlong parts, jint count);
jint JNICALL hb_accept(JNIEnv *env, jclass class, jobject listener, jobject object, jobjectArray addresses);
jint JNICALL hb_accept_unix(JNIEnv *env, jclass class, jobject listener, jobject object, jobjectArray address);
void JNICALL hb_close0(JNIEnv *env, jclass class, jobject object);
void JNICALL hb_pre_close0(JNIEnv *env, jclass class, jobject object);

#endif
