import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendants, MARK, signalAll } from './processes.ts';
import { type Ending, judge, type Outcome, parseSummary } from './summary.ts';

export type FileResult = Outcome & {
  readonly file: string;
  readonly durationMs: number;
  /** stdout and stderr, in the order they came */
  readonly output: string;
};

const KEPT_OUTPUT_BYTES = 4 * 1024 * 1024;
/** How long what a file started may take to end after it. */
const GRACE_MS = 2000;

/**
 * Runs one test file in its own process and session, to its end or to the limit.
 * @param cwd where it runs, as the project's root
 * @param stop ends it early
 */
export const runFile = async (file: string, cwd: string, limitMs: number, stop: AbortSignal): Promise<FileResult> => {
  const startedMs = performance.now();
  const mark = randomUUID();
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file], {
    cwd,
    env: environment(mark),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = collect(child.stdout, child.stderr);
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  const exited = new Promise<Pick<Ending, 'exitCode' | 'signal'>>((done) => {
    child.once('error', (error) => {
      output.add(`${error.message}\n`);
      done({ exitCode: -1, signal: null });
    });
    child.once('exit', (exitCode, signal) => done({ exitCode, signal }));
  });
  const session = child.pid ?? -1;

  let timedOutMs: number | null = null;
  const end = (): void => signalAll(descendants(session, mark), 'SIGTERM');
  const timer = setTimeout(() => {
    timedOutMs = limitMs;
    end();
    setTimeout(() => signalAll(descendants(session, mark), 'SIGKILL'), GRACE_MS).unref();
  }, limitMs);
  stop.addEventListener('abort', end, { once: true });

  const ended = await exited;
  clearTimeout(timer);
  stop.removeEventListener('abort', end);
  const left = await outlasting(session, mark);
  signalAll(left, 'SIGKILL');
  await Promise.race([closed, sleep(GRACE_MS)]);

  const text = output.text();
  const leftRunning = timedOutMs === null ? left.map(({ pid, command }) => `${pid} ${command}`) : [];
  return {
    file,
    durationMs: performance.now() - startedMs,
    output: text,
    ...judge(parseSummary(text), { ...ended, timedOutMs, leftRunning }),
  };
};

const environment = (mark: string): NodeJS.ProcessEnv => {
  const { FORCE_COLOR: _, ...env } = process.env;
  return { ...env, NO_COLOR: '1', [MARK]: mark };
};

const outlasting = async (session: number, mark: string): Promise<ReturnType<typeof descendants>> => {
  const until = performance.now() + GRACE_MS;
  let left = descendants(session, mark);
  while (left.length > 0 && performance.now() < until) {
    await sleep(50);
    left = descendants(session, mark);
  }
  return left;
};

const collect = (...streams: NodeJS.ReadableStream[]) => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const add = (chunk: Buffer | string): void => {
    const buffer = Buffer.from(chunk);
    chunks.push(buffer);
    bytes += buffer.length;
    while (bytes > KEPT_OUTPUT_BYTES && chunks.length > 1) bytes -= chunks.shift()?.length ?? 0;
  };
  for (const stream of streams) stream.on('data', add);
  return { add, text: () => Buffer.concat(chunks).toString('utf8') };
};
