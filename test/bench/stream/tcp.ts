/** The two processes of the ceiling: the same bytes over a plain TCP connection, counted and thrown away. `receive` or `send`. */

import { createServer, connect as dial } from 'node:net';
import { encode } from '#proto';
import { batchOf } from './batches.ts';
import type { Ask, SenderSetUp } from './messages.ts';
import { type Usage, usageNow, usageSince } from './usage.ts';
import { BATCH } from './variants.ts';

/** batches in one write */
const GROUP = 8;

async function receive(): Promise<void> {
  let bytes = 0;
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  answer(
    () => bytes,
    (usage, counted) => ({
      kind: 'receiver',
      usage,
      samples: counted / bytesPerSample(BATCH),
      diskBytesPerSample: null,
    }),
  );
  process.send?.({ kind: 'ready', port: (server.address() as { port: number }).port });
}

async function send(): Promise<void> {
  const { port, sending } = JSON.parse(process.argv[3]!) as SenderSetUp;
  const group = Buffer.concat(Array.from({ length: GROUP }, () => bytesOfBatch(sending.batch)));
  const socket = dial(port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.on('connect', () => resolve()));
  answer(
    () => socket.bytesWritten - socket.writableLength,
    (usage, counted) => ({ kind: 'sender', usage, samples: counted / bytesPerSample(sending.batch), ackMs: [] }),
  );
  process.send?.({ kind: 'ready', port });
  for (;;) {
    if (!socket.write(group)) await new Promise<void>((resolve) => socket.once('drain', resolve));
  }
}

function answer(count: () => number, told: (usage: Usage, counted: number) => object): void {
  let begin: { usage: Usage; count: number } | null = null;
  process.on('message', ({ ask }: Ask) => {
    if (ask === 'begin') begin = { usage: usageNow(), count: count() };
    else if (ask === 'end' && begin !== null) process.send?.(told(usageSince(begin.usage), count() - begin.count));
    else if (ask === 'stop') process.exit(0);
  });
  process.on('disconnect', () => process.exit(1));
}

function bytesOfBatch(n: number): Buffer {
  const ids = { studyId: 'study', assignmentId: 'study/agent-0/process/0' };
  return encode('AgentMessage', {
    body: 'record',
    record: { sequence: 1, ...ids, body: 'samples', samples: batchOf(n, 0) },
  });
}

function bytesPerSample(n: number): number {
  return bytesOfBatch(n).length / n;
}

await (process.argv[2] === 'receive' ? receive() : send());
