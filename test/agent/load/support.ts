/** Real processes for the load generator's tests: generators of both kinds, SUTs, and servers that misbehave. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { LoadError } from '../../../agent/load/errors.ts';
import type { SpawnPort } from '../../../agent/load/port.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const BINARY = `${ROOT}build/hookbench-load`;

/** The spawn port over child_process. */
export const spawnPort: SpawnPort = (file, args, o) => {
  const child = spawn(file, args, { env: { ...process.env, ...o.env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
    child.on('error', () => resolve({ exitCode: null, signal: null }));
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  return {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    kill: (signal) => void child.kill(signal as NodeJS.Signals | undefined),
  };
};

export type Sut = { port: number; pid: number; process: ChildProcess; stop(): Promise<number | null> };

export const SUT_COMMANDS = {
  'java-hello': ['java', '-XX:TieredStopAtLevel=1', '-cp', `${ROOT}build/sut/java-hello`, 'JavaHello'],
  'java-nio': ['java', '-XX:TieredStopAtLevel=1', '-cp', `${ROOT}build/sut/java-nio`, 'JavaNio'],
  'node-hello': [process.execPath, `${ROOT}sut/node-hello/node-hello.mjs`],
  'read-loop': [`${ROOT}build/sut/read-loop`],
} as const;
export type SutName = keyof typeof SUT_COMMANDS;

/** Builds what the tests need; says what is missing where it can't. */
export async function build(directory: string): Promise<void> {
  const make = spawn('make', ['-s', '-C', `${ROOT}${directory}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  make.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const code = await new Promise((resolve) => make.on('close', resolve));
  if (code !== 0) throw new Error(`make -C ${directory} failed: ${said}`);
}

export function hasJavaHello(): boolean {
  return existsSync(`${ROOT}build/sut/java-hello/JavaHello.class`);
}

/** Starts a SUT and waits for its ready line. */
export async function startSut(name: SutName, env: Record<string, string> = {}): Promise<Sut> {
  const [file, ...args] = SUT_COMMANDS[name];
  const child = spawn(file!, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('HOOKBENCH_READY') && said.endsWith('\n')) resolve(said);
    });
    child.on('close', (code) => reject(new Error(`${name} ended with ${code}: ${said}`)));
    child.on('error', reject);
  });
  const ready = /HOOKBENCH_READY port=(\d+) pid=(\d+)\n/.exec(line)!;
  return {
    port: Number(ready[1]),
    pid: Number(ready[2]),
    process: child,
    stop: () => {
      child.kill('SIGTERM');
      return closed;
    },
  };
}

/** A TCP server on a free port that does with a connection what it is told. */
export async function startServer(onConnection: (socket: Socket) => void): Promise<{ port: number; stop(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** What the work fails with; it must be a LoadError. */
export async function failure(work: Promise<unknown>): Promise<LoadError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LoadError) return error;
    throw error;
  }
  throw new Error('did not fail');
}
