// java-hello's own filter: what it records of each request, and that the application has the same request with it and without.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pinningOf } from '../../agent/host/cores.ts';
import { UndoStack } from '../../agent/host/undo.ts';
import { FUNCTIONS, type HookOrder } from '../../agent/mechanisms/mechanism.ts';
import { assertRingLive, type PlacedRing, placeRing } from '../../agent/mechanisms/ring-hook.ts';
import { Random } from '../../controller/plan/random.ts';
import { build, ROOT, startSut } from '../agent/load/support.ts';
import { keywordsOf } from '../conformance/keyword-sets.ts';
import { Messages } from '../conformance/messages.ts';
import { firstKeyword } from '../conformance/search.ts';
import { needs } from '../helpers/require.ts';
import { FLAG_BLOCKED, readHeader, readRecords } from '../helpers/ring.ts';

const CLASSES = `${ROOT}build/sut/java-hello`;
const keywords = keywordsOf('default');
const random = new Random(20261123, 'java filter');
const dir = mkdtempSync(join(tmpdir(), 'hookbench-filter-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
let made = 0;

interface Sent {
  readonly target: string;
  readonly header: Buffer;
  readonly body: Buffer;
}

const filter = suite('java-hello filter');

/** what HTTP itself and HttpServer's reading of it leave as it is */
const inHeader = (bytes: Buffer) => !/[\x00-\x1f\x7f]|^ | $/.test(bytes.toString('latin1'));
const inTarget = (word: Buffer) => /^[\w./-]+$/.test(word.toString('latin1'));

/** a keyword in one of the three places, or in none; bodies of any bytes */
function request(i: number): Sent {
  const messages = new Messages(random, keywords);
  const word = messages.word();
  const place = i % 4;
  const long = messages.long(1 + random.int(70_000)).bytes;
  return {
    target: `/q${place === 0 && inTarget(word) ? word.toString('latin1') : i}`,
    header: place === 1 && inHeader(word) ? Buffer.concat([Buffer.from('x'), word]) : Buffer.from('q'),
    body: place === 2 ? messages.next().bytes : place === 3 && i % 8 === 3 ? long : Buffer.alloc(0),
  };
}

function encoded({ target, header, body }: Sent): Buffer {
  const head = `POST ${target} HTTP/1.1\r\nHost: q\r\nConnection: close\r\nContent-Length: ${body.length}\r\nX-q: `;
  return Buffer.concat([Buffer.from(head), header, Buffer.from('\r\n\r\n'), body]);
}

/** the parts that the application has; no two of them hold a keyword */
function partsOf({ target, header, body }: Sent): readonly Buffer[] {
  return [target, 'q', 'close', String(body.length), header, body].map((part) => Buffer.from(part as string));
}

const expectedOf = (sent: Sent) => ({
  keyword:
    partsOf(sent)
      .map((part) => firstKeyword(keywords, part))
      .find((found) => found !== null) ?? 0xffff,
  bytes: partsOf(sent).reduce((sum, part) => sum + part.length, 0),
});

/** @returns all that comes until the server closes, without the date */
async function ask(port: number, sent: Sent): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
  socket.write(encoded(sent));
  await once(socket, 'close');
  return Buffer.concat(chunks)
    .toString('latin1')
    .replace(/^Date: .*$/m, '');
}

async function placed(over: Partial<HookOrder>): Promise<PlacedRing & { readonly order: HookOrder }> {
  const own = mkdtempSync(join(dir, 'fork-'));
  const host = { pinning: pinningOf(), undo: new UndoStack() };
  const order = {
    keywords,
    action: 'observe' as const,
    functions: FUNCTIONS,
    host,
    dir: own,
    mostReads: 1000,
    ...over,
  };
  return { ...(await placeRing(order, `filter-${made++}`)), order };
}

/** java-hello with its filter on, ended whatever becomes of the test */
async function filtered<T>(
  hook: PlacedRing & { readonly order: HookOrder },
  work: (server: { readonly port: number; readonly pid: number }) => Promise<T>,
): Promise<void> {
  const server = await startSut('java-hello', { ...hook.env, HOOKBENCH_APP_FILTER: '1' });
  try {
    await work(server);
    assert.is(await server.stop(), 0);
  } finally {
    server.process.kill('SIGKILL');
  }
}

async function echo(env: Readonly<Record<string, string>>): Promise<{ port: number; child: ChildProcess }> {
  const child = spawn('java', ['-cp', `${CLASSES}:${dir}`, 'FilterEcho'], { env: { ...process.env, ...env } });
  const [line] = await once(child.stdout, 'data');
  return { port: Number(/port=(\d+)/.exec(String(line))?.[1]), child };
}

if (needs('java')) {
  await build('sut');

  filter('the handler has the same request with it and without', async () => {
    const words = ['--release', '17', '-cp', CLASSES, '-d', dir, join(ROOT, 'test', 'fixtures', 'FilterEcho.java')];
    assert.is(spawnSync('javac', words, { encoding: 'utf8' }).stderr, '');
    const hook = await placed({});
    const servers = [await echo({}), await echo({ ...hook.env, HOOKBENCH_APP_FILTER: '1' })];
    try {
      for (let i = 0; i < 24; i++) {
        const sent = request(i);
        const [plain, filtered] = await Promise.all(servers.map(({ port }) => ask(port, sent)));
        assert.match(plain ?? '', /^HTTP\/1.1 200 OK/);
        assert.is(filtered, plain);
      }
      assert.is(hook.ring.counts().reads, 24);
    } finally {
      for (const { child } of servers) child.kill('SIGKILL');
    }
  });

  filter('records each request once, with the keyword that the specification names', async () => {
    const hook = await placed({});
    await filtered(hook, async ({ port, pid }) => {
      assertRingLive(hook.ring.header(), { pid, order: hook.order, what: 'the filter', nextStep: '' });
      const expected = [];
      for (let i = 0; i < 200; i++) {
        const sent = request(i);
        expected.push(expectedOf(sent));
        assert.match(await ask(port, sent), /^HTTP\/1.1 200 OK[\s\S]*Hello World\n$/);
      }
      const records = readRecords(hook.ring.path);
      const found = records.map(({ keyword, bytes }) => ({ keyword, bytes }));
      assert.equal(found, expected);
      const hits = expected.filter(({ keyword }) => keyword !== 0xffff).length;
      assert.ok(hits > 50 && hits < 190, `${hits} hits`);
      assert.ok(records.every((record) => record.pid === pid && record.latencyNs > 0 && record.tid > pid));
      const { reads, lost } = hook.ring.drain();
      assert.equal([reads.length, lost, hook.ring.counts().hits], [200, 0, hits]);
    });
  });

  filter('under block a request with a keyword gets no answer, the next one does', async () => {
    const hook = await placed({ action: 'block', blockErrno: 'EACCES' });
    await filtered(hook, async ({ port, pid }) => {
      assertRingLive(hook.ring.header(), { pid, order: hook.order, what: 'the filter', nextStep: '' });
      for (let i = 0; i < 40; i++) {
        const sent = request(i);
        const isHit = expectedOf(sent).keyword !== 0xffff;
        const answer = await ask(port, sent);
        assert.is(answer.endsWith('Hello World\n'), !isHit, `${sent.target} ${sent.header} ${answer}`);
        assert.is(answer === '', isHit);
      }
      const records = readRecords(hook.ring.path);
      assert.is(records.length, 40);
      assert.ok(records.every(({ flags, keyword }) => ((flags & FLAG_BLOCKED) !== 0) === (keyword !== 0xffff)));
    });
  });

  filter('an order that can not be carried out leaves the program as it is', async () => {
    const hook = await placed({});
    const wrong = { ...hook, env: { ...hook.env, HOOKBENCH_FUNCTIONS: 'x' } };
    await filtered(wrong, async ({ port }) => {
      assert.match(await ask(port, request(0)), /Hello World\n$/);
      assert.is(readHeader(hook.ring.path).attached, 0);
    });
  });
}

filter.run();
