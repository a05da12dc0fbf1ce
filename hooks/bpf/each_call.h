/* The programs of the forms that are attached to each system call by itself. A form defines ENTER(call, kind) for those of three
 * arguments and more, ENTER_4(call, kind) where the fourth matters, ENTER_1(call, kind) for the others, LEAVE(call) and ENTER_CLOSE, and
 * includes this. A program whose name ends in a function that nobody asked for is left out by the loader. */
ENTER(read, KIND_READ)
LEAVE(read)
ENTER_4(recvfrom, KIND_RECV)
LEAVE(recvfrom)
ENTER(readv, KIND_VECTOR)
LEAVE(readv)
ENTER(recvmsg, KIND_MESSAGE)
LEAVE(recvmsg)
ENTER(accept, KIND_ACCEPT)
LEAVE(accept)
ENTER(accept4, KIND_ACCEPT)
LEAVE(accept4)
ENTER_1(dup, KIND_DUP)
LEAVE(dup)
#ifdef HB_ARCH_x86_64
ENTER_1(dup2, KIND_DUP)
LEAVE(dup2)
#endif
ENTER(dup3, KIND_DUP)
LEAVE(dup3)
ENTER_CLOSE
