/** Real processes of the product and of this suite, ended by their pid. */

import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import type { World } from './undo.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = {
  controller: fileURLToPath(new URL('../../../controller/main.ts', import.meta.url)),
  agent: fileURLToPath(new URL('../../../agent/main.ts', import.meta.url)),
  firehose: fileURLToPath(new URL('../firehose/main.ts', import.meta.url)),
} as const;
const MOST_LINES = 60;

export interface Started {
  readonly pid: number;
  readonly exited: Promise<{ readonly exitCode: number | null; readonly signal: string | null }>;
  alive(): boolean;
  stderr(): string;
  say(line: string): void;
  onLine(take: (line: string) => void): void;
  /** SIGKILL takes a stopped process, too */
  kill(signal: NodeJS.Signals): void;
  /** Ends its standard input, which ends it in good order; kills it when it has not ended in time. */
  stop(timeoutMs: number): Promise<void>;
}

export interface StartOptions {
  /** a program that runs the daemon in other surroundings, with its arguments */
  readonly wrap?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts one of the daemons, or a firehose, in a session of its own; ended with its world. */
export function startDaemon(
  world: World,
  what: keyof typeof MAIN,
  o: StartOptions & { readonly args: readonly string[] },
): Started {
  const [file, ...args] = [...(o.wrap ?? []), process.execPath, '--import', TSX, MAIN[what], ...o.args];
  const child = execa(file as string, args, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
    env: { ...o.env },
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    errors.push(...chunk.toString().split('\n').filter(Boolean));
    errors.splice(0, Math.max(0, errors.length - MOST_LINES));
  });
  child.stdin.on('error', () => undefined);
  let alive = true;
  const exited = child.then((result) => {
    alive = false;
    return { exitCode: result.exitCode ?? null, signal: result.signal ?? null };
  });
  const takers: ((line: string) => void)[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) for (const take of takers) take(line);
  });
  const kill = (signal: NodeJS.Signals) => {
    if (alive && child.pid !== undefined) process.kill(child.pid, signal);
  };
  const started: Started = {
    pid: child.pid ?? 0,
    exited,
    alive: () => alive,
    stderr: () => errors.join('\n'),
    say: (line) => void child.stdin.write(`${line}\n`),
    onLine: (take) => void takers.push(take),
    kill,
    stop: async (timeoutMs) => {
      child.stdin.end();
      const timer = setTimeout(() => kill('SIGKILL'), timeoutMs);
      await exited;
      clearTimeout(timer);
    },
  };
  world.later(`${what} ${started.pid}`, async () => {
    kill('SIGKILL');
    await exited;
  });
  return started;
}

/** @throws Error with the process's last lines when it does not come true in time, or the process ends before */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false,
  o: { timeoutMs?: number; process?: Started } = {},
): Promise<T> {
  const timeoutMs = o.timeoutMs ?? 60_000;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = look();
    if (found !== null && found !== undefined && found !== false) return found;
    const ended = o.process !== undefined && !o.process.alive();
    if (ended || performance.now() > deadline) {
      const why = ended ? 'its process ended' : `not within ${timeoutMs} ms`;
      throw new Error(`${what}: ${why}\n${o.process?.stderr() ?? ''}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
