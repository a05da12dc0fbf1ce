/** A real Node server under the library: libuv accepts with accept4, closes through syscall(), and reads files on threads. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hookedEnv, ROOT } from '../helpers/preload.ts';
import { type Action, readHeader, readRecords, readRings } from '../helpers/ring.ts';

const node = suite('hooks/preload node server');
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface Server {
  readonly ring: string;
  readonly port: number;
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: string[];
}

async function started(action: Action): Promise<Server> {
  const { ring, env } = hookedEnv({ action, slots: 16 });
  const child = spawn(process.execPath, [join(ROOT, 'test', 'fixtures', 'preload_server.mjs')], { env });
  const lines: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  while (!lines.some((line) => line.startsWith('port'))) await once(child.stdout, 'data');
  const port = Number(lines.find((line) => line.startsWith('port'))?.slice(5));
  return { ring, port, child, lines };
}

async function stopped(server: Server): Promise<void> {
  const gone = once(server.child, 'exit');
  server.child.stdin.end();
  await gone;
}

const requestText = (path: string, close: boolean): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: ${close ? 'close' : 'keep-alive'}\r\n\r\n`;

/** One request and the whole of its answer; undefined when the server closed instead. */
async function request(socket: Socket, path: string, close = false): Promise<string | undefined> {
  socket.write(requestText(path, close));
  let answer = '';
  return await new Promise((resolve) => {
    const data = (text: Buffer): void => {
      answer += text.toString('latin1');
      if (answer.endsWith('\r\n0\r\n\r\n')) done(answer);
    };
    const end = (): void => done(undefined);
    const done = (result: string | undefined): void => {
      socket.off('data', data).off('close', end).off('error', end);
      resolve(result);
    };
    socket.on('data', data).on('close', end).on('error', end);
  });
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

node('each request is one counted read, over one connection and over many', async () => {
  const server = await started('observe');
  const kept = await connected(server.port);
  for (let i = 0; i < 100; i++) {
    const socket = await connected(server.port);
    assert.ok(await request(socket, `/new/${i}`, true));
    socket.destroy();
    /* The file read for this answer takes the number of the socket just closed. */
    assert.ok(await request(kept, `/kept/${i}`));
    assert.ok(await request(kept, `/kept/${i}`));
  }
  kept.destroy();
  await stopped(server);
  assert.is(server.lines.filter((line) => line.startsWith('saw')).length, 300);
  assert.ok(server.lines.includes('child []'));
  const header = readHeader(server.ring);
  assert.equal([header.attached, header.pid, header.unringed, header.untrackedFds], [1, server.child.pid, 0, 0]);
  assert.is(sum(readRings(server.ring).map(({ reads }) => reads)), 300);
  const records = readRecords(server.ring);
  const sent = Array.from({ length: 100 }, (_, i) => {
    const kept = requestText(`/kept/${i}`, false).length;
    return [requestText(`/new/${i}`, true).length, kept, kept];
  }).flat();
  assert.equal(
    records.map(({ bytes }) => bytes),
    sent,
  );
  for (const { tid, pid } of records) assert.equal([pid, tid], [server.child.pid, server.child.pid]);
});

node('block: no request with a keyword reaches the program, every other does', async () => {
  const server = await started('block');
  for (let i = 0; i < 20; i++) {
    const socket = await connected(server.port);
    assert.ok(await request(socket, `/good/${i}`));
    assert.is(await request(socket, `/bad/etc/passwd${i}`), undefined);
    socket.destroy();
  }
  await stopped(server);
  const saw = server.lines.filter((line) => line.startsWith('saw'));
  assert.equal(
    saw,
    Array.from({ length: 20 }, (_, i) => `saw /good/${i}`),
  );
  const rings = readRings(server.ring);
  assert.equal([sum(rings.map(({ reads }) => reads)), sum(rings.map(({ blocked }) => blocked))], [40, 20]);
});

node.run();
