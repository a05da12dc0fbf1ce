/* The variable by which Java programs are told to load this agent. */
#ifndef HOOKBENCH_JVMTI_TOOL_OPTIONS_H
#define HOOKBENCH_JVMTI_TOOL_OPTIONS_H

/* Takes this agent out of JAVA_TOOL_OPTIONS, so that programs started from here run without it. Other options stay. */
void hb_tool_options_leave(void);

#endif
