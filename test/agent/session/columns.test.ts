import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SampleFrame } from '../../../agent/load/types.ts';
import { frameSamples, hookSamples } from '../../../agent/session/columns.ts';
import { type Place, u32Column } from '../../../proto/index.ts';

const columns = suite('columns');

const place: Place = {
  sut: 'read-loop',
  condition: 'process',
  fork: 0,
  block: 0,
  step: 0,
  phase: 'measure',
  design: 'alternated',
  vantage: 'interposer',
};
const T0 = 2n ** 60n;
const at = (ns: bigint | number, hit = false) => ({
  ...{ atNs: T0 + BigInt(ns), latencyNs: 7, hit },
  ...{ pid: 1, fd: 5, keyword: hit ? 0 : null },
});
const sizes = (reads: ReturnType<typeof at>[]) => hookSamples(reads, place, 0, 0).map((record) => record.n);

columns('a frame becomes a record: the columns as they are, the target as its arm', () => {
  const frame: SampleFrame = {
    step: 3,
    t0Ns: T0,
    dtNs: Uint32Array.from([0, 5, 2 ** 32 - 1]),
    latencyNs: Uint32Array.from([1, 2 ** 32 - 1, 3]),
    target: Uint8Array.from([0, 2, 63]),
    flags: Uint8Array.from([0, 1, 2]),
  };
  const armOf = new Uint8Array(64);
  armOf.set([4, 0, 9]);
  const record = frameSamples(frame, place, armOf);
  assert.equal([record.n, record.t0Ns, record.place], [3, T0, place]);
  assert.equal([...u32Column(record.dtNs)], [0, 5, 2 ** 32 - 1]);
  assert.equal([...u32Column(record.latencyNs)], [1, 2 ** 32 - 1, 3]);
  assert.equal([...record.arm], [4, 9, 0]);
  assert.equal([...record.flags], [0, 1, 2]);
});

columns('no reads, no records', () => assert.equal(hookSamples([], place, 0, 0), []));

columns('a record spans 2^32-1 ns and not one more', () => {
  const span = 2n ** 32n - 1n;
  assert.equal(sizes([at(0), at(span)]), [2]);
  assert.equal(sizes([at(0), at(span + 1n)]), [1, 1]);
  const records = hookSamples([at(0), at(span), at(span + 1n), at(2n * span + 1n), at(2n * span + 2n)], place, 0, 0);
  assert.equal(
    records.map((record) => [record.t0Ns - T0, ...u32Column(record.dtNs)]),
    [
      [0n, 0, 2 ** 32 - 1],
      [span + 1n, 0, 2 ** 32 - 1],
      [2n * span + 2n, 0],
    ],
  );
});

columns('a record has 8192 entries at most', () => {
  const reads = (n: number) => Array.from({ length: n }, (_, i) => at(i));
  assert.equal(sizes(reads(8192)), [8192]);
  assert.equal(sizes(reads(8193)), [8192, 1]);
  assert.equal(sizes(reads(20_000)), [8192, 8192, 3616]);
});

columns('a clock that goes back starts a record of its own', () => {
  const records = hookSamples([at(100), at(110), at(50), at(60)], place, 0, 0);
  assert.equal(
    records.map((record) => [record.t0Ns - T0, ...u32Column(record.dtNs)]),
    [
      [100n, 0, 10],
      [50n, 0, 10],
    ],
  );
});

columns('arm, latency and flags; settle counts over record borders', () => {
  const reads = Array.from({ length: 8200 }, (_, i) => at(i, i % 2 === 1));
  const records = hookSamples(reads, place, 5, 8195);
  assert.ok(records.every((record) => record.arm.every((arm) => arm === 5)));
  assert.ok(records.every((record) => u32Column(record.latencyNs).every((latency) => latency === 7)));
  assert.equal(
    records.map((record) => record.flags.length),
    [8192, 8],
  );
  assert.equal([...records[0]!.flags.subarray(0, 4)], [2, 3, 2, 3]);
  assert.equal([...records[1]!.flags], [2, 3, 2, 1, 0, 1, 0, 1]);
  assert.equal([...hookSamples(reads.slice(0, 2), place, 0, 0)[0]!.flags], [0, 1]);
});

columns.run();
