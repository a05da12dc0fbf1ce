/** Runs the real command line in a test and finds what it leaves behind. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Results } from '../../controller/analysis/results.ts';

export const CLI = fileURLToPath(new URL('../../controller/cli/hookbench.js', import.meta.url));
/** the daemons by their command lines: from the sources or from the bundle */
export const DAEMON = {
  agent: /agent\/main\.ts|build\/cli\/agent-\w+\.mjs/,
  controller: /controller\/main\.ts|build\/cli\/controller-\w+\.mjs/,
} as const;
const MARK = 'HOOKBENCH_TEST_MARK';
const running = new Set<RunningCli>();
const temporary: string[] = [];
process.on('exit', () => {
  for (const dir of temporary) rmSync(dir, { recursive: true, force: true });
});

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly pid: number;
  readonly done: Promise<CliRun>;
  /** folders of its rings and of its tokens that are still there */
  folders(): string[];
  /** resolves when this text has been on stderr */
  said(text: string | RegExp): Promise<void>;
  /** pids started (directly or not) by this run whose command line matches */
  children(pattern: RegExp): number[];
  /** waits for such a child to appear, and for `ready` to hold */
  child(pattern: RegExp, ready?: (words: readonly string[], pid: number) => boolean): Promise<number>;
}

export function startCli(args: readonly string[], o: { env?: Record<string, string> } = {}): RunningCli {
  const mark = randomBytes(8).toString('hex');
  const tmp = mkdtempSync(join(tmpdir(), 'hookbench-test-tmp-'));
  temporary.push(tmp);
  const child = execa(process.execPath, [CLI, ...args], {
    reject: false,
    env: { ...o.env, TMPDIR: tmp, [MARK]: mark },
    stdin: 'ignore',
    timeout: 400_000,
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const done = child.then((result) => ({
    exitCode: result.exitCode ?? -1,
    stdout: result.stdout,
    stderr: result.stderr,
  }));
  let ended = false;
  const children = (pattern: RegExp) =>
    marked(mark).filter((pid) => pid !== child.pid && pattern.test(commandLine(pid)));
  const until = async <T>(look: () => T | undefined, what: string): Promise<T> => {
    const deadline = Date.now() + 120_000;
    while (Date.now() < deadline) {
      const found = look();
      if (found !== undefined) return found;
      if (ended) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${what} did not come; stderr was:\n${stderr}`);
  };
  let agentPid: number | null = null;
  const run: RunningCli = {
    pid: child.pid ?? 0,
    folders: () => {
      if (agentPid === null) return ['no agent was seen, so its folders are not known'];
      return [...foldersIn(tmp, /^hookbench-/), ...foldersIn('/dev/shm', new RegExp(`^hookbench-${agentPid}-`))];
    },
    done,
    said: (text) => until(() => (stderr.search(text) >= 0 ? true : undefined), String(text)).then(() => undefined),
    children,
    child: (pattern, ready = () => true) =>
      until(() => children(pattern).find((pid) => ready(words(pid), pid)), `a process like ${pattern}`),
  };
  run.child(DAEMON.agent).then(
    (pid) => {
      agentPid = pid;
    },
    () => undefined, // a command that needs no agent, or ended before it had one
  );
  running.add(run);
  void done.then(() => {
    ended = true;
    running.delete(run);
  });
  return run;
}

/** For `after.each`: a test that failed must not leave its study running beside the tests that follow. */
export async function endRuns(): Promise<void> {
  for (const run of running) {
    process.kill(run.pid, 'SIGINT');
    await run.done;
    await leftBehind(run);
  }
}

export async function runCli(args: readonly string[], o: { env?: Record<string, string> } = {}): Promise<CliRun> {
  return startCli(args, o).done;
}

/** words between blanks; none of them holds a blank */
export function argv(line: string): string[] {
  return line.split(' ');
}

export function newOutDir(): string {
  return mkdtempSync(join(tmpdir(), 'hookbench-test-'));
}

/** the one study in an --out folder */
export function studyDir(out: string): string {
  const [name, ...more] = readdirSync(out).filter((entry) => !entry.startsWith('.'));
  if (name === undefined || more.length > 0)
    throw new Error(`${out} holds ${more.length + (name === undefined ? 0 : 1)} studies`);
  return join(out, name);
}

export function resultsIn(out: string): Results {
  return JSON.parse(readFileSync(join(studyDir(out), 'results.json'), 'utf8')) as Results;
}

/** Waits a moment for processes to be reaped. @returns command lines of what is still there */
export async function leftBehind(run: RunningCli): Promise<string[]> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if (run.children(/./).length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [...run.children(/./).map(commandLine), ...run.folders()];
}

function foldersIn(path: string, name: RegExp): string[] {
  return readdirSync(path).filter((entry) => name.test(entry));
}

function marked(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => read(`/proc/${pid}/environ`).includes(`${MARK}=${mark}`));
}

function commandLine(pid: number): string {
  return words(pid).join(' ').trim();
}

function words(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`).split('\0');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
