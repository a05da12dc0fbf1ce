/** Where things lie and what the agent was started with. Raw options become a resolved config once, here. */

import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export const PATHS = {
  buildDir: join(root, 'build'),
  preloadLibrary: join(root, 'build', 'libhookbench.so'),
  loadGenerator: join(root, 'build', 'hookbench-load'),
  bpfLoader: join(root, 'build', 'hookbench-bpf'),
  bpftraceTemplate: join(root, 'hooks', 'bpftrace', 'read_hook.bt.in'),
  keywords: join(root, 'hooks', 'keywords', 'default.txt'),
  javaHello: join(root, 'build', 'sut', 'java-hello'),
  nodeHello: join(root, 'sut', 'node-hello'),
  readLoop: join(root, 'build', 'sut', 'read-loop'),
} as const;

/** Ring files must lie on memory: /dev/shm where it can be written. */
export function memoryDir(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

export interface AgentConfig {
  readonly controller: string;
  readonly agentId: string;
  readonly token: string;
  /** ends when its standard input ends: set by whoever started it as a child */
  readonly endWithStdin: boolean;
}
