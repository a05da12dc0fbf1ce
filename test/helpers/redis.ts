/** A redis-server of our own and connections to it that hand back the bytes as they come. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Redis {
  readonly port: number;
  readonly pid: number;
  /** Asks it to end, and takes its folder away. */
  stop(): Promise<void>;
}

export const hasRedis = (): boolean =>
  ['redis-server', 'redis-benchmark'].every((name) => spawnSync(name, ['--version']).status === 0);

/** Starts a server without persistence, and waits until it answers. */
export async function startRedis(env: NodeJS.ProcessEnv): Promise<Redis> {
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-redis-'));
  const port = await freePort();
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn('redis-server', options, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(child, port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, pid: child.pid!, stop };
}

/** Sends `bytes` and returns what comes back, up to and with `last`. */
export async function talk(port: number, bytes: Buffer, last: string): Promise<Buffer> {
  const socket = await connected(port);
  const got: Buffer[] = [];
  socket.write(bytes);
  try {
    for await (const data of socket) {
      got.push(data as Buffer);
      if (Buffer.concat(got.slice(-2)).toString('latin1').endsWith(last)) break;
    }
  } finally {
    socket.destroy();
  }
  return Buffer.concat(got);
}

/** One command as the protocol wants it. */
export function command(...words: readonly (string | Buffer)[]): Buffer {
  const parts = words.map((word) => Buffer.from(word));
  const framed = parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...framed]);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

async function answering(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('redis-server ended at its start');
    const answer = await talk(port, command('PING'), '+PONG\r\n').catch(() => null);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('redis-server does not answer');
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
