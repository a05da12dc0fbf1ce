#ifndef HOOKBENCH_LOAD_COMMANDS_H
#define HOOKBENCH_LOAD_COMMANDS_H

/* Takes commands from stdin until `quit` or its end. 0, or 2 after a line that can't be read: where the next would start is unknown. */
int commands_serve(void);

#endif
