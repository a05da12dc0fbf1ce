/* Which natives of the JDK are replaced, how that is done, and how it is proven. */
#ifndef HOOKBENCH_JVMTI_NATIVES_H
#define HOOKBENCH_JVMTI_NATIVES_H

#include <jvmti.h>
#include <stdbool.h>

/* Event NativeMethodBind: a native is about to be linked to its function; ours is linked instead where it is one of those. */
void JNICALL hb_natives_bind(jvmtiEnv *jvmti, JNIEnv *env, jthread thread, jmethodID method, void *address, void **replacement);

/* Calls each of them with a descriptor that is none, which makes the virtual machine link it. Returns NULL when every call came
 * through ours, else the name of the first that did not. */
const char *hb_natives_prove(JNIEnv *env);

/* "SocketDispatcher.read0, ..." of those that are replaced. */
void hb_natives_tell(char *text, size_t room);

#endif
