import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, runHooked } from '../helpers/preload.ts';
import { readHeader, readRings } from '../helpers/ring.ts';

const ring = suite('hooks/preload ring');
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function frames(count: number): Buffer {
  const frame = Buffer.from('\u0005\0\0\0\u0000\u0001\0\0hello', 'latin1');
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

ring('a live hook says so in the header', () => {
  const run = runHooked(compile('preload_feed'), [], { keywords: ['one', '', 'two'], input: frames(3) });
  const header = readHeader(run.ring);
  assert.equal([header.attached, header.keywords, header.scanner, header.action], [1, 2, 1, 0]);
  assert.is(readRings(run.ring)[0]?.records[0]?.pid, header.pid);
});

ring('what was overwritten is counted exactly, and the newest are kept', () => {
  const feed = compile('preload_feed');
  for (const [count, lost] of [
    [16, 0],
    [17, 1],
    [1000, 984],
  ] as const) {
    const [only] = readRings(runHooked(feed, [], { capacity: 16, slots: 1, input: frames(count) }).ring);
    assert.equal([only?.head, only?.reads, only?.overwritten, only?.records.length], [count, count, lost, 16]);
    const times = only?.records.map(({ tNs }) => tNs) ?? [];
    assert.equal(times, [...times].sort());
  }
});

ring('latencies are of this read: above zero and no longer than until the next one', () => {
  const [only] = readRings(runHooked(compile('preload_feed'), [], { input: frames(500) }).ring);
  const records = only?.records ?? [];
  assert.is(records.length, 500);
  for (const [i, record] of records.entries()) {
    assert.ok(record.latencyNs > 0);
    const next = records[i + 1];
    if (next) assert.ok(record.tNs + BigInt(record.latencyNs) <= next.tNs);
  }
});

ring('threads that come and go share few rings, and give them back', () => {
  const run = runHooked(compile('preload_threads'), ['20', '4', '50'], { slots: 4 });
  assert.is(`${run.status} ${run.stderr}`, '0 ');
  const rings = readRings(run.ring);
  assert.is(readHeader(run.ring).unringed, 0);
  assert.is(sum(rings.map(({ reads }) => reads)), 4000);
  assert.is(sum(rings.map(({ bytes }) => bytes)), (80 * 50 * 51) / 2);
  assert.is(sum(rings.map(({ claims }) => claims)), 80);
  assert.equal(
    rings.map(({ tid }) => tid),
    rings.map(() => 0),
  );
  const tids = rings.flatMap(({ records }) => records.map(({ tid }) => tid));
  assert.is(new Set(tids).size, 80);
});

ring('reads of threads that found no free ring are counted as lost', () => {
  const run = runHooked(compile('preload_threads'), ['2', '5', '30'], { slots: 3 });
  assert.is(`${run.status} ${run.stderr}`, '0 ');
  const reads = sum(readRings(run.ring).map((one) => one.reads));
  assert.is(reads, 2 * 3 * 30);
  assert.is(readHeader(run.ring).unringed, 2 * 2 * 30);
});

for (const scanner of ['ac', 'simd']) {
  ring(`a signal handler that reads in the middle of a read loses no count (${scanner})`, () => {
    const env = { HOOKBENCH_SCANNER: scanner };
    const run = runHooked(compile('preload_signal'), [], { slots: 1, capacity: 65536, env });
    assert.is(`${run.status} ${run.stderr}`, '0 ');
    const [outer, handled] = run.stdout.split(' ').map(Number) as [number, number];
    const [only] = readRings(run.ring);
    assert.ok(handled > 100);
    assert.is((only?.reads ?? 0) + readHeader(run.ring).unringed, outer + handled);
    assert.is(only?.records.length, only?.head);
    for (const { bytes } of only?.records ?? []) assert.ok(bytes === 1 || bytes === 4 || bytes === 8000);
  });
}

ring('EAGAIN, EINTR, EOF and EBADF reach the program as they are, and are counted', () => {
  const run = runHooked(compile('preload_errors'));
  const lines = run.stdout.trimEnd().split('\n');
  const [, again, interrupted, bad] = lines.at(-1)!.split(' ');
  assert.equal(lines.slice(0, -1), [
    `EAGAIN -1 ${again}`,
    `EINTR -1 ${interrupted}`,
    'EOF 0 77',
    'EOF 0 77',
    'EFAULT-free 1',
    `EBADF -1 ${bad}`,
  ]);
  const [only] = readRings(run.ring);
  assert.equal([only?.reads, only?.errors, only?.eofs], [1, 2, 3]);
});

ring.run();
