import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TraceLimiter } from '../../../agent/session/trace.ts';
import {
  NO_KEYWORD_INDEX,
  type Place,
  type RecordBody,
  type Traces,
  u32Column,
  u64Column,
} from '../../../proto/index.ts';

const traces = suite('agent/session trace');

const place: Place = {
  ...{ sut: 'node-hello', condition: 'process', fork: 0, block: 0, step: 1 },
  ...{ phase: 'measure', design: 'alternated', vantage: 'interposer' },
};
const MS = 1_000_000;
const read = (atMs: number, keyword: number | null = 3, hit = true) => ({
  ...{ atNs: BigInt(1_000_000_000 + atMs * MS), latencyNs: 9, hit },
  ...{ pid: 77, fd: 5, keyword },
});
const of = (records: RecordBody[]): Traces[] =>
  records.map((record) => {
    assert.is(record.body, 'traces');
    return (record as RecordBody & { body: 'traces' }).traces;
  });
const run = (limiter: TraceLimiter, reads: ReturnType<typeof read>[], o: { dropped?: number; process?: string } = {}) =>
  of(limiter.records(place, 'bpf', { process: o.process ?? '77', reads, dropped: o.dropped ?? 0 }));

traces('a match is a row with time, process, descriptor and keyword; other reads are none', () => {
  const [record, ...more] = run(new TraceLimiter({ perSecond: 10, burst: 10 }), [
    read(0),
    read(1, null),
    read(2, 1, false),
  ]);
  assert.equal(more, []);
  assert.equal([record!.n, record!.dropped, record!.mechanism, record!.place], [2, 0, 'bpf', place]);
  assert.equal([...u64Column(record!.atNs)], [1_000_000_000n, 1_001_000_000n]);
  assert.equal([...u32Column(record!.pid), ...u32Column(record!.fd)], [77, 77, 5, 5]);
  assert.equal([...u32Column(record!.keyword)], [3, NO_KEYWORD_INDEX]);
  assert.equal(run(new TraceLimiter({ perSecond: 1, burst: 1 }), [read(0, null, false)]), []);
});

traces('so many at once, then so many a second; all others are counted', () => {
  const limiter = new TraceLimiter({ perSecond: 10, burst: 4 });
  const burst = run(
    limiter,
    Array.from({ length: 50 }, (_, i) => read(i / 100)),
  );
  assert.equal([burst[0]!.n, burst[0]!.dropped], [4, 46]);
  const second = run(
    limiter,
    Array.from({ length: 1000 }, (_, i) => read(1 + i)),
  );
  assert.ok(second[0]!.n >= 9 && second[0]!.n <= 11, `${second[0]!.n} in a second`);
  assert.is(second[0]!.n + second[0]!.dropped, 1000);
  assert.is(
    run(limiter, [read(60_000), read(60_000), read(60_000), read(60_000), read(60_000)])[0]!.n,
    4,
    'filled again, no fuller',
  );
});

traces('each process has a bucket of its own', () => {
  const limiter = new TraceLimiter({ perSecond: 1, burst: 1 });
  assert.equal(
    ['1', '2', '1'].map((process) => run(limiter, [read(0)], { process })[0]!.n),
    [1, 1, 0],
  );
});

traces('a clock that a hooked process turns back fills nothing', () => {
  const limiter = new TraceLimiter({ perSecond: 1000, burst: 2 });
  const reads = Array.from({ length: 100 }, (_, i) => read(i % 2 === 0 ? 0 : -50_000));
  assert.is(run(limiter, reads)[0]!.n, 2);
});

traces('what was dropped before is counted too, also alone; long ones come in several records', () => {
  const limiter = new TraceLimiter({ perSecond: 1, burst: 20_000 });
  assert.equal(
    run(limiter, [], { dropped: 7 }).map(({ n, dropped }) => [n, dropped]),
    [[0, 7]],
  );
  const many = run(
    limiter,
    Array.from({ length: 9000 }, () => read(0)),
    { dropped: 2 },
  );
  assert.equal(
    many.map(({ n, dropped }) => [n, dropped]),
    [
      [8192, 2],
      [808, 0],
    ],
  );
});

traces.run();
