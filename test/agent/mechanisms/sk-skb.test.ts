import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BenchError } from '#proto';
import { PATHS } from '../../../agent/config.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import type { HookOrder } from '../../../agent/mechanisms/mechanism.ts';
import { skSkb } from '../../../agent/mechanisms/sk-skb.ts';
import { DEFAULT_KEYWORDS, ROOT } from '../../helpers/preload.ts';
import { random } from '../../helpers/random.ts';
import { needs } from '../../helpers/require.ts';
import { SegmentServer } from '../../helpers/segment-server.ts';
import { NEVER, orderOf } from './attached-check.ts';

const hook = suite('agent/mechanisms sk-skb, attached for real');
const test = needs('ebpf', 'bpf-build') ? hook : hook.skip;
const dir = mkdtempSync(join(tmpdir(), 'hookbench-sk-skb-test-'));
const undo = new UndoStack(join(dir, 'journal'));
const servers: SegmentServer[] = [];
hook.before(() => {
  if (needs('bpf-build')) assert.is(spawnSync('make', ['-s', '-C', join(ROOT, 'hooks'), 'bpf']).status, 0);
});
hook.after(() => rmSync(dir, { recursive: true, force: true }));
hook.after.each(async () => {
  assert.equal(await undo.run(), []);
  for (const server of servers.splice(0)) server.kill();
});

const WORDS = [Buffer.from('nothing'), Buffer.from('needle')];
const order = (action: HookOrder['action'] = 'observe'): HookOrder => ({ ...orderOf(WORDS, { undo, dir }), action });

async function serverHere(): Promise<SegmentServer> {
  const server = await SegmentServer.start();
  servers.push(server);
  return server;
}

function textOf(length: number, o: { seed: number; needleAt?: number }): Buffer {
  const draw = random(o.seed);
  const text = Buffer.from(Array.from({ length }, () => 65 + Math.floor(draw.uniform() * 26)));
  if (o.needleAt !== undefined) text.write('needle', o.needleAt);
  return text;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('each segment once, with its bytes and its keyword; a keyword in the last bytes that are looked at, and one behind', async () => {
  const server = await serverHere();
  const attached = await skSkb.attach(order('trace'), [server.pid], NEVER);
  const cases: readonly (readonly [number, number | undefined])[] = [
    [1, undefined],
    [6, 0],
    [5000, 4090],
    [5000, 4091],
    [88, 82],
    [20_000, undefined],
    [4096, 4090],
  ];
  const hits = cases.map(([, at]) => at !== undefined && at <= 4090);
  const connection = await server.connect();
  let sent = 0;
  for (const [i, [length, needleAt]] of cases.entries()) {
    sent += length;
    assert.ok(await connection.ask(textOf(length, { seed: i, needleAt: needleAt ?? length }), sent));
  }
  const [found] = await attached.detach();
  assert.equal(found!.counts, { reads: cases.length, bytes: sent, hits: hits.filter(Boolean).length });
  assert.is(found!.lost, 0);
  assert.is(found!.cut, cases.filter(([length]) => length > 4096).length);
  assert.ok(found!.latencies.kind === 'reads');
  assert.equal(
    found!.latencies.reads.map(({ keyword }) => keyword),
    hits.map((hit) => (hit ? 1 : null)),
  );
  assert.ok(found!.latencies.reads.every(({ pid, latencyNs }) => pid === server.pid && latencyNs > 0));
  assert.match(await connection.finish(), new RegExp(`^end ${sent} `));
});

test('connections from before, during and after: all of them work all the time, and those of the time between are counted', async () => {
  const server = await serverHere();
  const word = Buffer.from('a needle here ');
  const before = await server.connect();
  assert.ok(await before.ask(word, 14));
  const attached = await skSkb.attach(order(), [server.pid], NEVER);
  const during = await server.connect();
  assert.ok(await before.ask(word, 28));
  assert.ok(await during.ask(word, 14));
  assert.ok(await during.ask(word, 28));
  const [found] = await attached.detach();
  assert.equal(found!.counts, { reads: 2, bytes: 28, hits: 2 });
  const after = await server.connect();
  assert.ok(await before.ask(word, 42));
  assert.ok(await during.ask(word, 42));
  assert.ok(await after.ask(word, 14));
  const end = (times: number) =>
    `end ${times * 14} ${sha256(Buffer.concat(Array.from({ length: times }, () => word)))}`;
  assert.is(await before.finish(), end(3));
  assert.is(await during.finish(), end(3));
  assert.is(await after.finish(), end(1));
});

test('megabytes at once, and a half-closed connection that still answers; what is on the way when it is detached arrives', async () => {
  const server = await serverHere();
  const attached = await skSkb.attach(order(), [server.pid], NEVER);
  const texts = [1, 2, 3, 4].map((seed) => textOf(2 ** 20, { seed }));
  const ends = await Promise.all(
    texts.map(async (text) => {
      const connection = await server.connect();
      connection.send(text);
      return connection.finish();
    }),
  );
  assert.equal(
    ends,
    texts.map((text) => `end ${2 ** 20} ${sha256(text)}`),
  );
  await server.tell('pause');
  const late = await server.connect();
  const text = textOf(300_000, { seed: 9 });
  late.send(text);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const [found] = await attached.detach();
  assert.ok(found!.counts.bytes > 4 * 2 ** 20 && found!.counts.bytes <= 4 * 2 ** 20 + text.length);
  // long enough for a map that nobody has any more to be taken apart
  await new Promise((resolve) => setTimeout(resolve, 700));
  await server.tell('resume');
  assert.is(await late.finish(), `end ${text.length} ${sha256(text)}`);
});

test('block: what holds a keyword never arrives and its connection is ended without an answer; the others are not touched', async () => {
  const server = await serverHere();
  const attached = await skSkb.attach(order('block'), [server.pid], NEVER);
  const innocent = await server.connect();
  let sent = 0;
  for (let i = 0; i < 20; i++) {
    const guilty = await server.connect();
    sent += 10;
    assert.ok(await innocent.ask(Buffer.from('0123456789'), sent));
    if (i % 2 === 1) assert.ok(await guilty.ask(Buffer.from('well'), 4));
    guilty.send(Buffer.from('GET /needle'));
    // what the program had read before is all that it answers to
    assert.is(await guilty.rest(), i % 2 === 1 ? '4\n' : '');
  }
  const [found] = await attached.detach();
  assert.equal(found!.counts, { reads: 50, bytes: 20 * 10 + 10 * 4 + 20 * 11, hits: 20 });
  assert.ok(await innocent.ask(Buffer.from('needle'), 206), 'no longer once it is detached');
  assert.match(await innocent.finish(), /^end 206 /);
});

const loaders = () =>
  readdirSync('/proc').filter((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'latin1').startsWith(`${PATHS.bpfLoader}\0--form\0sk_skb`);
    } catch {
      return false;
    }
  });

test('the loader lives on until the last connection is closed, and no longer', async () => {
  const server = await serverHere();
  const attached = await skSkb.attach(order(), [server.pid], NEVER);
  const connection = await server.connect();
  assert.ok(await connection.ask(Buffer.from('x'), 1));
  await attached.detach();
  assert.is(loaders().length, 1);
  await connection.finish();
  const deadline = performance.now() + 5_000;
  while (loaders().length > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(loaders(), []);
});

/** The kernel takes a map apart a moment after the last who had it is gone; what arrives in that moment may be lost. */
async function takenApart(): Promise<void> {
  const left = () => spawnSync('bpftool', ['-j', 'prog', 'show'], { encoding: 'utf8' });
  const deadline = performance.now() + 10_000;
  do await new Promise((resolve) => setTimeout(resolve, 300));
  while (/"name":"verdict"/.test(left().stdout ?? '') && performance.now() < deadline);
}

test('killed while attached: it says so, and the connections go on', async () => {
  const server = await serverHere();
  const attached = await skSkb.attach(order(), [server.pid], NEVER);
  const connection = await server.connect();
  assert.ok(await connection.ask(Buffer.from('x'), 1));
  process.kill(Number(loaders()[0]), 'SIGKILL');
  while (attached.died() === null) await new Promise((resolve) => setTimeout(resolve, 10));
  const error = await attached.detach().catch((failure: unknown) => failure);
  assert.is((error as BenchError).code, 'probe-died');
  await takenApart();
  assert.ok(await connection.ask(Buffer.from('y'), 2));
  assert.match(await connection.finish(), /^end 2 /);
});

test('who listens on no port, and who may not: refused in words', async () => {
  const idle = spawnSync(
    'sh',
    ['-c', `${PATHS.bpfLoader} --form sk_skb --keywords ${DEFAULT_KEYWORDS} --watch $$ </dev/null`],
    {
      encoding: 'utf8',
    },
  );
  assert.is(idle.status, 1);
  assert.match(idle.stdout, /^refused sk_skb: process \d+ listens on no TCP port$/m);
  const bare = ['--reuid=65534', '--clear-groups', '--bounding-set=-all', '--inh-caps=-all', PATHS.bpfLoader];
  const args = ['--form', 'sk_skb', '--keywords', DEFAULT_KEYWORDS, '--watch', '1'];
  assert.match(spawnSync('setpriv', [...bare, ...args], { encoding: 'utf8' }).stdout, /^refused sk_skb: cannot load/m);
  const wrong = spawnSync(PATHS.bpfLoader, ['--block', '--keywords', DEFAULT_KEYWORDS, '--watch', '1'], {
    encoding: 'utf8',
  });
  assert.is(wrong.status, 2);
});

test('doctor: supported, by attaching', async () => {
  const { support, found } = await skSkb.probe();
  assert.is(support, 'supported', found);
});

hook.run();
