/** Small programs to be observed: real processes, some of them no descendants of the test. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const running: ChildProcess[] = [];
const orphans: number[] = [];

/** @returns the program and the first word that it prints */
export async function startNode(
  script: string,
  ...args: string[]
): Promise<{ pid: number; word: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['-e', script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  running.push(child);
  const word = await firstLine(child);
  return { pid: child.pid!, word, child };
}

/** A process whose parent has ended: nobody's child, as a stranger's are. It ends by itself after 20 s. */
export async function startOrphan(script: string): Promise<number> {
  const parent = spawn(
    'sh',
    ['-c', 'timeout 20 "$0" -e "$1" </dev/null >/dev/null 2>&1 & echo $!', process.execPath, script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const pid = Number(await firstLine(parent));
  orphans.push(pid);
  return pid;
}

/** ends all of them */
export function endAll(): void {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  for (const pid of orphans.splice(0)) {
    try {
      process.kill(pid, 'SIGTERM'); // timeout hands it on
    } catch {
      // it has ended
    }
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // not at its exit: what it said last may still be on the way
    child.once('close', () => reject(new Error('ended without a word')));
    createInterface({ input: child.stdout! }).once('line', resolve);
  });
}
