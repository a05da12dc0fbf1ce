/** The loader of the kernel program, run by itself for what the mechanism does not offer: levels. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { bpfLoader } from './builds.ts';
import type { AttachedRun } from './rows.ts';

/** Starts it and waits for the line `live`. It ends, and takes its program away, when its input ends. */
export async function startLoader(args: readonly string[]): Promise<AttachedRun> {
  const path = bpfLoader();
  if (path === null) throw new Error('build/hookbench-bpf is not there');
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const lines = createInterface({ input: child.stdout });
  const live = new Promise<boolean>((resolve) => {
    lines.on('line', (line) => {
      said += `${line}\n`;
      if (line === 'live') resolve(true);
    });
    lines.on('close', () => resolve(false));
  });
  if (!(await live)) throw new Error(`hookbench-bpf did not attach: ${said.trim()}`);
  return {
    async detach() {
      child.stdin.end();
      await closed;
      return null;
    },
  };
}
