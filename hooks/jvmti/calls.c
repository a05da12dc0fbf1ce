/* Hot path: as the library's hook (../preload/hook.c), around the JDK's native instead of libc's function. What that returns is the
 * JDK's own code for the end of a stream, for no data and for an exception that it has thrown. */
#define _GNU_SOURCE
#include "calls.h"

#include <stddef.h>
#include <string.h>

#include "../abi/record.h"
#include "../preload/fdtable.h"
#include "../preload/recording.h"

/* sun.nio.ch.IOStatus */
#define STATUS_END (-1)
#define STATUS_THROWN (-5)

struct hb_jdk hb_jdk;
unsigned hb_calls_proven;

static jfieldID number_field; /* FileDescriptor.fd */
static jclass io_exception;

bool hb_calls_prepare(JNIEnv *env) {
  if (number_field && io_exception) return true;
  jclass descriptor = (*env)->FindClass(env, "java/io/FileDescriptor");
  if (descriptor) number_field = (*env)->GetFieldID(env, descriptor, "fd", "I");
  jclass exception = number_field ? (*env)->FindClass(env, "java/io/IOException") : NULL;
  if (exception) io_exception = (*env)->NewGlobalRef(env, exception);
  (*env)->ExceptionClear(env);
  return number_field && io_exception;
}

static inline int number_of(JNIEnv *env, jobject descriptor) {
  return descriptor ? (*env)->GetIntField(env, descriptor, number_field) : -1;
}

/* Not on the hot path: descriptors that are accepted sockets are above 0. */
static inline void prove(int fd, unsigned bit) {
  if (__builtin_expect(fd < 0, 0)) __atomic_fetch_or(&hb_calls_proven, bit, __ATOMIC_RELAXED);
}

/* Nothing of what was read is left; the program gets the exception that the JDK throws for this error. */
static jint throw_blocked(JNIEnv *env) {
  char room[128];
  (*env)->ThrowNew(env, io_exception, strerror_r(hb_hook.block_errno, room, sizeof room));
  return STATUS_THROWN;
}

static inline void record_nothing(jlong status) { hb_record_empty(status == STATUS_END ? 0 : -1); }

jint JNICALL hb_read0(JNIEnv *env, jclass class, jobject object, jlong address, jint size) {
  int fd = number_of(env, object);
  if (!hb_fd_hooked(HB_READ, fd)) {
    prove(fd, HB_PROVEN(read0));
    return hb_jdk.read0(env, class, object, address, size);
  }
  struct hb_moment start = hb_begin();
  jint result = hb_jdk.read0(env, class, object, address, size);
  if (__builtin_expect(result <= 0, 0)) {
    record_nothing(result);
    return result;
  }
  uint16_t keyword = hb_scan((void *)(uintptr_t)address, result);
  return hb_record_read(fd, result, &start, keyword) > 0 ? result : throw_blocked(env);
}

jlong JNICALL hb_readv0(JNIEnv *env, jclass class, jobject object, jlong parts, jint count) {
  int fd = number_of(env, object);
  if (!hb_fd_hooked(HB_READV, fd)) {
    prove(fd, HB_PROVEN(readv0));
    return hb_jdk.readv0(env, class, object, parts, count);
  }
  struct hb_moment start = hb_begin();
  jlong result = hb_jdk.readv0(env, class, object, parts, count);
  if (__builtin_expect(result <= 0, 0)) {
    record_nothing(result);
    return result;
  }
  uint16_t keyword = hb_scan_parts((const struct iovec *)(uintptr_t)parts, (ssize_t)result);
  return hb_record_read(fd, (ssize_t)result, &start, keyword) > 0 ? result : throw_blocked(env);
}

static jint track(JNIEnv *env, jint accepted, jobject object) {
  if (accepted <= 0) return accepted; /* an exception may be pending */
  int fd = number_of(env, object);
  if (fd >= 0 && !hb_fd_set(fd, true)) __atomic_fetch_add(&hb_ring_file.header->untracked_fds, 1, __ATOMIC_RELAXED);
  return accepted;
}

jint JNICALL hb_accept(JNIEnv *env, jclass class, jobject listener, jobject object, jobjectArray addresses) {
  prove(number_of(env, listener), HB_PROVEN(accept));
  return track(env, hb_jdk.accept(env, class, listener, object, addresses), object);
}

jint JNICALL hb_accept_unix(JNIEnv *env, jclass class, jobject listener, jobject object, jobjectArray address) {
  prove(number_of(env, listener), HB_PROVEN(accept_unix));
  return track(env, hb_jdk.accept_unix(env, class, listener, object, address), object);
}

/* Before the real close: as soon as the number is free another thread may be given it by accept. */
void JNICALL hb_close0(JNIEnv *env, jclass class, jobject object) {
  int fd = number_of(env, object);
  prove(fd, HB_PROVEN(close0));
  hb_fd_set(fd, false);
  hb_jdk.close0(env, class, object);
}

/* Puts a socket at its end in the place of one that another thread may be reading from. The number stays taken. */
void JNICALL hb_pre_close0(JNIEnv *env, jclass class, jobject object) {
  int fd = number_of(env, object);
  prove(fd, HB_PROVEN(pre_close0));
  hb_jdk.pre_close0(env, class, object);
  hb_fd_set(fd, false);
}
