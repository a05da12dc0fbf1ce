/** test/fixtures/held_reads.c: a server that answers each line with what its read gave, while another of its threads waits in a read for ever. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { compile } from './preload.ts';

export interface HeldReads {
  readonly child: ChildProcess;
  readonly pid: number;
  /** exit code and signal */
  readonly ended: Promise<[number | null, string | null]>;
  /** Sends a line on a connection of its own. @returns the answer */
  say(text: string): Promise<string>;
}

/** @param o.launcher put in front of it; execs it */
export async function startHeldReads(
  o: { launcher?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<HeldReads> {
  const [file = '', ...args] = [...(o.launcher ?? []), compile('held_reads')];
  const env = { PATH: process.env.PATH ?? '', ...o.env };
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const [port] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, pid: child.pid ?? 0, ended, say: (text) => exchange(Number(port), text) };
}

async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  await once(socket, 'close');
  return answer;
}
