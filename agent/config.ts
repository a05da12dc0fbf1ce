/** Where things lie, and bounds that are the agent's own. */

import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export const PATHS = {
  buildDir: join(root, 'build'),
  preloadLibrary: join(root, 'build', 'libhookbench.so'),
  muslLibrary: join(root, 'build', 'libhookbench-musl.so'),
  nodeAddon: join(root, 'build', 'hookbench-node.node'),
  nodePreload: join(root, 'hooks', 'node', 'preload.mjs'),
  jvmtiAgent: join(root, 'build', 'libhookbench-jvmti.so'),
  loadGenerator: join(root, 'build', 'hookbench-load'),
  bpfLoader: join(root, 'build', 'hookbench-bpf'),
  notifySupervisor: join(root, 'build', 'hookbench-notify'),
  notifyLauncher: join(root, 'build', 'hookbench-notify-launch'),
  sudLibrary: join(root, 'build', 'libhookbench-sud.so'),
  tracer: join(root, 'build', 'hookbench-trace'),
  bpftraceTemplate: join(root, 'hooks', 'bpftrace', 'read_hook.bt.in'),
  keywords: join(root, 'hooks', 'keywords', 'default.txt'),
  javaHello: join(root, 'build', 'sut', 'java-hello'),
  javaNio: join(root, 'build', 'sut', 'java-nio'),
  nodeHello: join(root, 'sut', 'node-hello'),
  readLoop: join(root, 'build', 'sut', 'read-loop'),
  readLoopMusl: join(root, 'build', 'sut', 'read-loop-musl'),
  staticHello: join(root, 'build', 'sut', 'static-hello'),
  pythonHttp: join(root, 'sut', 'python-http'),
} as const;

/** Matches of action trace that are kept: more would be a study of printing. */
export interface TraceLimit {
  /** per mechanism and process, over time */
  readonly perSecond: number;
  /** at once, after a quiet time */
  readonly burst: number;
}

export const TRACE_LIMIT: TraceLimit = { perSecond: 200, burst: 200 };
/** printed by bpftrace in one attach, per process: each costs a message of 180 bytes */
export const BPFTRACE_TRACES = 64;

/** Ring files must lie on memory: /dev/shm where it can be written. */
export function memoryDir(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
