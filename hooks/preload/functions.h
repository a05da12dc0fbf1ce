/* The functions a study may ask for (HOOKBENCH_FUNCTIONS), as indexes; 1 << index is the bit in the ring header. */
#ifndef HOOKBENCH_PRELOAD_FUNCTIONS_H
#define HOOKBENCH_PRELOAD_FUNCTIONS_H

#include <sys/socket.h>

#include "../abi/record.h"

enum hb_function { HB_READ, HB_RECV, HB_RECVFROM, HB_READV, HB_RECVMSG, HB_FUNCTIONS };

_Static_assert(1u << HB_READ == HB_FUNCTION_READ && 1u << HB_RECV == HB_FUNCTION_RECV, "bits");
_Static_assert(1u << HB_RECVFROM == HB_FUNCTION_RECVFROM && 1u << HB_READV == HB_FUNCTION_READV, "bits");
_Static_assert(1u << HB_RECVMSG == HB_FUNCTION_RECVMSG, "bits");

/* A call with one of these flags does not count. PEEK: the same bytes come again, and would be found twice. OOB and ERRQUEUE:
 * not the stream's bytes. TRUNC: the result may be more than was written to the buffer, on TCP nothing is written at all. */
#define HB_UNCOUNTED_FLAGS (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE | MSG_TRUNC)

#endif
