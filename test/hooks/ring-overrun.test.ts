/** Rings that nobody empties: what is still there and what is said to be overwritten are together exactly what was written. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RingFile } from '../../agent/collect/ring.ts';
import { startAttachedReader } from '../agent/mechanisms/attached-check.ts';
import { startLoader } from '../bench/loader.ts';
import { compile, DEFAULT_KEYWORDS, freshPath, hookedEnv, ROOT } from '../helpers/preload.ts';
import { needs } from '../helpers/require.ts';
import { collectAll, type Ring, readHeader, readRings } from '../helpers/ring.ts';

const overrun = suite('hooks rings overrun');
const CAPACITY = 64;
const THREADS = 4;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const totals = (rings: readonly Ring[]) => ({
  produced: sum(rings.map(({ reads }) => reads)),
  heads: sum(rings.map(({ head }) => head)),
  overwritten: sum(rings.map((ring) => ring.overwritten)),
});

/** Each of the threads reads 1, 2, … bytes. */
function readMore(env: NodeJS.ProcessEnv, waves: number, reads: number): void {
  const run = spawnSync(compile('preload_threads'), [String(waves), String(THREADS), String(reads)], {
    env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.is(`${run.status} ${run.stderr}`, '0 ');
}

overrun('library: threads that fill their rings over and over', () => {
  const { ring, env } = hookedEnv({ slots: THREADS, capacity: CAPACITY });
  readMore(env, 3, 200);
  const rings = readRings(ring);
  assert.is(rings.length, THREADS);
  assert.is(readHeader(ring).unringed, 0);
  assert.is(totals(rings).produced, 3 * THREADS * 200);
  for (const { reads, head, overwritten, records } of rings) {
    assert.equal([head, overwritten], [reads, reads - records.length]);
    // the newest of one thread, whole, in its order
    assert.equal(
      records.map(({ bytes }) => bytes),
      Array.from({ length: CAPACITY }, (_, i) => 200 - CAPACITY + 1 + i),
    );
    assert.is(new Set(records.map(({ tid }) => tid)).size, 1);
  }
});

overrun('library: only what was not collected before counts as overwritten', () => {
  const { ring, env } = hookedEnv({ slots: THREADS, capacity: CAPACITY });
  const first = THREADS * (200 - CAPACITY);
  readMore(env, 1, 200);
  for (let slot = 0; slot < THREADS; slot++) collectAll(ring, slot);
  readMore(env, 1, CAPACITY);
  assert.equal(totals(readRings(ring)), {
    produced: THREADS * (200 + CAPACITY),
    heads: THREADS * (200 + CAPACITY),
    overwritten: first,
  });
  readMore(env, 1, 9);
  assert.is(totals(readRings(ring)).overwritten, first + THREADS * 9);
});

overrun('library: the collector hands over or counts as lost every read', () => {
  const { env } = hookedEnv();
  const file = RingFile.create(freshPath('ring'), { action: 'observe', slots: THREADS, capacity: CAPACITY });
  try {
    for (const reads of [200, 63, 65, 1]) {
      readMore({ ...env, HOOKBENCH_RING: file.path }, 1, reads);
      const drained = file.drain();
      assert.is(drained.reads.length + drained.lost, THREADS * reads);
      // of a full ring the oldest record may be just being written over
      assert.ok(drained.reads.length >= THREADS * (Math.min(reads, CAPACITY) - 1), `${drained.reads.length}`);
    }
  } finally {
    file.close();
  }
});

const kernel = needs('ebpf', 'bpf-build') ? overrun : overrun.skip;

kernel('loader of the kernel program: threads of a process that share its one ring', async () => {
  assert.is(spawnSync('make', ['-s', '-C', join(ROOT, 'hooks'), 'bpf']).status, 0);
  const reader = await startAttachedReader('threads');
  const file = RingFile.create(freshPath('ring'), { action: 'observe', slots: 1, capacity: CAPACITY });
  try {
    const loader = await startLoader(['--keywords', DEFAULT_KEYWORDS, '--watch', `${reader.pid}:${file.path}`]);
    const made = await reader.run();
    await loader.detach();
    const [ring] = readRings(file.path, { unowned: true });
    assert.ok(made.reads > 10 * CAPACITY);
    assert.equal([ring!.head, ring!.reads, ring!.bytes], [made.reads, made.reads, made.bytes]);
    assert.is(ring!.overwritten + ring!.records.length, made.reads);
    assert.is(readHeader(file.path).unringed, 0);
    for (const { pid, abi } of ring!.records) assert.equal([pid, abi], [reader.pid, 1]);
    const drained = file.drain();
    assert.is(drained.reads.length + drained.lost, made.reads);
  } finally {
    reader.kill();
    file.close();
  }
});

overrun.run();
