/** A real server that receives by `recv`: Python's http.server. `read` alone sees nothing of it, `recv` every byte. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hookedEnv } from '../helpers/preload.ts';
import { type Action, readHeader, readRings } from '../helpers/ring.ts';

const python = suite('hooks/preload python server');
const PYTHON = '/usr/bin/python3';
const REQUESTS = 20;

const SERVER = `
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print('saw', self.path, flush=True)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'hello')
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print('port', server.server_port, flush=True)
server.serve_forever()
`;

interface Seen {
  readonly ring: string;
  readonly paths: readonly string[];
  readonly answers: readonly string[];
  readonly sentBytes: number;
}

const requestText = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;

/** Sends requests, every other one with a keyword, each on a connection of its own. */
async function serve(functions: string, action: Action): Promise<Seen> {
  const { ring, env } = hookedEnv({ action, slots: 64, env: { HOOKBENCH_FUNCTIONS: functions } });
  const child = spawn(PYTHON, ['-c', SERVER], { env });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    text += data;
  });
  try {
    while (!/^port \d+\n/.test(text)) await once(child.stdout, 'data');
    const port = Number(/^port (\d+)/.exec(text)?.[1]);
    const paths = Array.from({ length: REQUESTS }, (_, i) => (i % 2 ? `/etc/passwd${i}` : `/plain/${i}`));
    const answers: string[] = [];
    for (const path of paths) answers.push(await answer(port, path));
    return {
      ring,
      paths: text.match(/(?<=saw )\S+/g) ?? [],
      answers,
      sentBytes: paths.map(requestText).join('').length,
    };
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

/** What comes back until the server closes. */
async function answer(port: number, path: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  let got = '';
  socket.on('data', (data: Buffer) => {
    got += data;
  });
  const closed = new Promise((resolve) => socket.on('close', resolve).on('error', resolve));
  socket.write(requestText(path));
  await closed;
  return got;
}

const sums = (ring: string): readonly number[] => {
  const rings = readRings(ring);
  const sum = (field: 'bytes' | 'hits' | 'blocked'): number => rings.reduce((total, one) => total + one[field], 0);
  return [sum('bytes'), sum('hits'), sum('blocked'), readHeader(ring).unringed];
};

if (spawnSync(PYTHON, ['--version']).status !== 0) {
  process.stdout.write('SKIP: needs python3\n');
  python.skip('a server that receives by recv', () => {});
} else {
  python('read sees nothing, recv every byte and every keyword', async () => {
    assert.equal(sums((await serve('read', 'observe')).ring), [0, 0, 0, 0]);
    const seen = await serve('read,recv', 'observe');
    assert.is(seen.paths.length, REQUESTS);
    assert.equal(sums(seen.ring), [seen.sentBytes, REQUESTS / 2, 0, 0]);
  });

  python('block: the server never sees a request with a keyword, and serves every other', async () => {
    const seen = await serve('recv', 'block');
    assert.equal(
      seen.paths,
      Array.from({ length: REQUESTS / 2 }, (_, i) => `/plain/${2 * i}`),
    );
    assert.equal(
      seen.answers.map((text) => text.endsWith('hello')),
      Array.from({ length: REQUESTS }, (_, i) => i % 2 === 0),
    );
    assert.equal(sums(seen.ring), [seen.sentBytes, REQUESTS / 2, REQUESTS / 2, 0]);
  });
}

python.run();
