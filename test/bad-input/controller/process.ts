/** A real controller in a process of its own, and what can be seen of it from outside: whether it answers, and its memory. */

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ControlClient } from '../../../controller/cli/client.ts';
import type { Hello } from '../../../proto/index.ts';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const TSX = fileURLToPath(import.meta.resolve('tsx'));
export const TOKEN = 'bad-input-token-0123456789';
const KEPT_LOG = 200_000;

export interface ControllerProcess {
  readonly pid: number;
  readonly port: number;
  readonly dir: string;
  /** its last words */
  log(): string;
  /** resident memory now, bytes */
  rssBytes(): number;
  /** the most resident memory it ever had, bytes */
  peakRssBytes(): number;
  /** null while it runs */
  ended(): string | null;
  /** @throws Error when it does not answer within the time */
  listAgents(withinMs: number): Promise<{ agents: Hello[]; tookMs: number }>;
  stop(): Promise<void>;
}

/** @param o instead of a listener on loopback with a token, and a client that has it */
export async function startController(o?: {
  args: (dir: string) => readonly string[];
  dial: (address: string) => Promise<ControlClient>;
}): Promise<ControllerProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-bad-input-'));
  mkdirSync(join(dir, 'results'));
  writeFileSync(join(dir, 'token'), TOKEN, { mode: 0o600 });
  chmodSync(join(dir, 'token'), 0o600);
  const own = ['--listen', '127.0.0.1:0', '--token-file', join(dir, 'token')];
  const main = join(ROOT, 'controller', 'main.ts');
  const child = spawn(process.execPath, ['--import', TSX, main, ...(o?.args(dir) ?? own)], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-KEPT_LOG);
  });
  const port = await firstPort(child, exited, () => log);
  const address = `127.0.0.1:${port}`;
  const client = (await o?.dial(address)) ?? new ControlClient(address, TOKEN);
  const pid = child.pid as number;
  return {
    pid,
    port,
    dir,
    log: () => log,
    rssBytes: () => memoryOf(pid, 'VmRSS'),
    peakRssBytes: () => memoryOf(pid, 'VmHWM'),
    ended: () => endOf(child),
    async listAgents(withinMs) {
      const startedMs = performance.now();
      const agents = await within(withinMs, client.listAgents(), `ListAgents; the log ends with:\n${log.slice(-800)}`);
      return { agents, tookMs: performance.now() - startedMs };
    },
    async stop() {
      client.close();
      child.kill('SIGKILL');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** @throws Error when it takes longer */
export async function within<T>(ms: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function memoryOf(pid: number, line: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(found?.[1] ?? Number.NaN) * 1024;
}

function endOf(child: ChildProcess): string | null {
  if (child.exitCode === null && child.signalCode === null) return null;
  return `exit code ${child.exitCode}, signal ${child.signalCode}`;
}

async function firstPort(child: ChildProcess, exited: Promise<void>, log: () => string): Promise<number> {
  let text = '';
  const found = new Promise<number>((resolve) =>
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const port = /HOOKBENCH_CONTROLLER port=(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    }),
  );
  const gone = exited.then(() => {
    throw new Error(`the controller did not start:\n${log()}`);
  });
  return within(60_000, Promise.race([found, gone]), 'the start of the controller');
}
