// node-preload keeps the parser of node:http from reading by itself: what a client gets must stay the same to the byte.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATHS } from '../../agent/config.ts';
import { buildAddon } from '../helpers/node-addon.ts';
import { hookedEnv, ROOT } from '../helpers/preload.ts';
import { readHeader, readRings } from '../helpers/ring.ts';

buildAddon();
const harmless = suite('hooks/node node:http');
const OFF = '\r\nHost: x\r\n';

/** parts are written one after the other, with a pause between; the server ends it, but for a tunnel */
const TALKS: Readonly<Record<string, readonly string[]>> = {
  'requests in one connection': [
    `GET /a HTTP/1.1${OFF}\r\nGET /b HTTP/1.1${OFF}\r\n`,
    `GET /c HTTP/1.1${OFF}Connection: close\r\n\r\n`,
  ],
  'a head cut anywhere': ['GE', 'T /cut HT', `TP/1.1\r`, `\nHost: x\r\nConnection: close\r`, '\n\r\n'],
  'a long body, read slowly': [
    `POST /slow HTTP/1.1${OFF}Connection: close\r\nContent-Length: 400000\r\n\r\n`,
    'x'.repeat(400_000),
  ],
  'a body that nobody reads': [
    `POST /unread HTTP/1.1${OFF}Content-Length: 5\r\n\r\nabcde`,
    `GET /then HTTP/1.1${OFF}Connection: close\r\n\r\n`,
  ],
  '100-continue': [
    `POST /c HTTP/1.1${OFF}Connection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
    'body',
  ],
  'an upgrade': [`GET /u HTTP/1.1${OFF}Connection: Upgrade\r\nUpgrade: echo\r\n\r\nhead`, 'then', 'more'],
  'a tunnel': [`CONNECT y:1 HTTP/1.1${OFF}\r\n`, 'through', 'the tunnel'],
  'no HTTP at all': ['nonsense\r\n\r\n'],
};

interface Served {
  readonly answers: Readonly<Record<string, string>>;
  readonly stderr: string;
}

async function served(env: NodeJS.ProcessEnv): Promise<Served> {
  const child = spawn(process.execPath, [join(ROOT, 'test', 'fixtures', 'node_http_server.mjs')], { env });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(/port=(\d+)/.exec(line.toString())?.[1]);
    const talks = Object.entries(TALKS).map(async ([name, parts]) => [name, await talk(port, parts)] as const);
    return { answers: Object.fromEntries(await Promise.all(talks)), stderr };
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

async function talk(port: number, parts: readonly string[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let got = '';
  const last = (parts.at(-1) ?? '').toUpperCase();
  socket.on('data', (bytes) => {
    got += bytes.toString('latin1');
    // a tunnel has given back all that went in
    if (got.startsWith('HTTP/1.1 101') && got.endsWith(last)) socket.end();
  });
  socket.setTimeout(20_000, () => socket.destroy(new Error(`silent after: ${got}`)));
  const closed = once(socket, 'close');
  for (const part of parts) {
    socket.write(part);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  await closed;
  return got.replaceAll(/Date: .*\r\n/g, '');
}

harmless('every client gets the same bytes with the hook and without, and all that it sent was counted', async () => {
  const { ring, env } = hookedEnv({ env: { LD_PRELOAD: undefined } });
  const hook = { HOOKBENCH_NODE_ADDON: PATHS.nodeAddon, NODE_OPTIONS: `--import=${pathToFileURL(PATHS.nodePreload)}` };
  const [plain, hooked] = await Promise.all([served(process.env), served({ ...env, ...hook })]);
  assert.is(readHeader(ring).attached, 1);
  assert.equal(hooked, plain);
  for (const name of Object.keys(TALKS)) assert.match(plain.answers[name] ?? '', /^HTTP\/1.1 (200|100|101|400) /, name);
  const sent = Object.values(TALKS).flat().join('').length;
  assert.is(
    readRings(ring).reduce((sum, { bytes }) => sum + bytes, 0),
    sent,
  );
});

harmless.run();
