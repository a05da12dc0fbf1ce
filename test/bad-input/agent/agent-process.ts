/** A real agent in a process of its own, and what it starts. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryOf, ROOT, TOKEN, TSX } from '../controller/process.ts';

export interface AgentProcess {
  readonly pid: number;
  log(): string;
  rssBytes(): number;
  ended(): string | null;
  /** command lines of what it has running now */
  children(): string[];
  stop(): Promise<void>;
}

export function startAgent(port: number): AgentProcess {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-bad-agent-'));
  const tokenFile = join(dir, 'token');
  writeFileSync(tokenFile, TOKEN, { mode: 0o600 });
  const main = join(ROOT, 'agent', 'main.ts');
  const args = ['--controller', `127.0.0.1:${port}`, '--token-file', tokenFile, '--id', 'victim', '--end-with-stdin'];
  const child = spawn(process.execPath, ['--import', TSX, main, ...args], {
    cwd: dir,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-100_000);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const pid = child.pid as number;
  return {
    pid,
    log: () => log,
    rssBytes: () => memoryOf(pid, 'VmRSS'),
    ended: () =>
      child.exitCode === null && child.signalCode === null ? null : `exit ${child.exitCode} ${child.signalCode}`,
    children: () => childrenOf(pid),
    async stop() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await exited;
      clearTimeout(timer);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** one that is on its way from fork to exec still has its parent's command line */
function childrenOf(parent: number): string[] {
  const own = commandOf(parent);
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      if (Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]) !== parent) return [];
      const command = commandOf(Number(name));
      return command === own ? [] : [command];
    } catch {
      return [];
    }
  });
}

/** empty when it has ended */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
