/* Marks the few symbols this library shows to the program; all others are hidden. */
#ifndef HOOKBENCH_PRELOAD_EXPORT_H
#define HOOKBENCH_PRELOAD_EXPORT_H

#define HB_EXPORT __attribute__((visibility("default")))

#endif
