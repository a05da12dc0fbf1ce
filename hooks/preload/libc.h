/* Where the headers of glibc and musl differ. Each has a library of its own, built with its own headers. */
#ifndef HOOKBENCH_PRELOAD_LIBC_H
#define HOOKBENCH_PRELOAD_LIBC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

#ifdef __GLIBC__
#define HB_GLIBC 1
/* a union of pointers to every kind of address, passed as one pointer is */
typedef __SOCKADDR_ARG hb_address;
static inline struct sockaddr *hb_address_pointer(hb_address address) { return address.__sockaddr__; }
#else
#define HB_GLIBC 0
typedef struct sockaddr *restrict hb_address;
static inline struct sockaddr *hb_address_pointer(hb_address address) { return address; }
#endif

/* linux 5.14; not in musl's headers */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* Only glibc has this function. Weak, since each library is to say in a program of the other libc that it hooks nothing, and not to
 * have the program ended for a symbol that is not there. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));

/* NULL in a program of the libc that this library is built for, else why it hooks nothing. */
static inline const char *hb_libc_problem(void) {
  const bool glibc = gnu_get_libc_version != NULL;
  if (glibc == HB_GLIBC) return NULL;
  return HB_GLIBC ? "this program's is not glibc" : "this program's is glibc, and this is the library for musl";
}

#endif
