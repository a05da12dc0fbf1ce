import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesOf, type MeasurementRecord, type Parity, type RecordBody } from '#proto';
import { createStudyStore } from '../../../controller/store/disk.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { newOutDir } from '../../helpers/cli.ts';
import { META, PLACE } from '../../helpers/stored.ts';
import { forkSeen } from './observation-fixture.ts';

const out = newOutDir();
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

const SAMPLES: RecordBody = {
  body: 'samples',
  samples: {
    place: PLACE,
    t0Ns: 2n ** 62n + 1n,
    n: 3,
    dtNs: bytesOf(Uint32Array.of(0, 1000, 2 ** 32 - 1)),
    latencyNs: bytesOf(Uint32Array.of(50, 60, 70)),
    arm: Uint8Array.of(0, 1, 2),
    flags: Uint8Array.of(1, 0, 2),
  },
};

const parity = (over: Partial<Parity> = {}): RecordBody => ({
  body: 'parity',
  parity: {
    place: PLACE,
    mechanism: 'ld-preload',
    source: 'load',
    expectedReads: 10,
    seenReads: 10,
    expectedBytes: 880,
    seenBytes: 880,
    expectedHits: 5,
    seenHits: 5,
    ...over,
  },
});

const loss = (received: number, lost: number): RecordBody => ({
  body: 'loss',
  loss: { hop: 'ring', sut: 'java-hello', mechanism: 'ld-preload', received, lost },
});

let studies = 0;

/** A stored study of these records; `o.status` is what study.json says in the end. */
function stored(records: Readonly<Record<string, readonly RecordBody[]>>, o: Partial<typeof META> = {}): string {
  const id = `study-${studies++}`;
  const store = createStudyStore(out, id);
  store.saveMeta({ ...META, id });
  for (const [node, bodies] of Object.entries(records)) {
    bodies.forEach((body, i) => {
      const ids = { sequence: i + 1, studyId: id, assignmentId: `${id}/${node}/process/0` };
      store.append(node, 'run-1', { ...ids, ...body } as MeasurementRecord);
    });
  }
  store.close();
  store.saveMeta({ ...META, id, ...o });
  return store.dir;
}

const read = suite('read a stored study');

read('samples of two nodes come back column by column', () => {
  const study = readStudy(stored({ 'node-1': [SAMPLES], 'node-2': [SAMPLES, SAMPLES] }));
  assert.equal(
    study.batches.map(({ node }) => node),
    ['node-1', 'node-2', 'node-2'],
  );
  const [batch] = study.batches;
  if (batch === undefined) throw new Error('no batch');
  assert.is(batch.t0Ns, 2n ** 62n + 1n);
  assert.equal([...batch.dtNs], [0, 1000, 2 ** 32 - 1]);
  assert.equal([...batch.latencyNs], [50, 60, 70]);
  assert.equal([...batch.arm], [0, 1, 2]);
  assert.equal([...batch.flags], [1, 0, 2]);
  const { sut, condition, fork, block, step, vantage, design, phase } = batch;
  assert.equal({ sut, condition, fork, block, step, vantage, design, phase }, PLACE);
});

read('columns hold what was stored after more was read than fits into memory at once', () => {
  const n = 40_000;
  const numbered = (first: number): RecordBody => {
    const column = () => bytesOf(Uint32Array.from({ length: n }, (_, i) => first * n + i));
    const bytes = () => new Uint8Array(n).fill(first);
    const columns = { dtNs: column(), latencyNs: column(), arm: bytes(), flags: bytes() };
    return { body: 'samples', samples: { place: PLACE, t0Ns: 0n, n, ...columns } };
  };
  const { batches } = readStudy(stored({ 'node-1': [0, 1, 2, 3, 4, 5, 6, 7].map(numbered) }));
  assert.is(batches.length, 8);
  batches.forEach(({ latencyNs, dtNs, arm, flags }, first) => {
    const expected = (value: number, i: number) => value === first * n + i;
    assert.ok(latencyNs.every(expected) && dtNs.every(expected), `numbers of batch ${first}`);
    assert.ok(arm.every((arm) => arm === first) && flags.every((flag) => flag === first), `bytes of batch ${first}`);
  });
});

read('the meta comes back in the words of the analysis', () => {
  const study = readStudy(stored({}, { status: 'complete', finishedAt: '2026-11-23T00:01:00.000Z' }));
  assert.is(study.status, 'complete');
  assert.equal(study.suts, ['java-hello']);
  assert.equal(study.plannedSamples, { 'java-hello': 973 });
  assert.is(study.nodes[0]?.id, 'node-1');
  assert.is(study.finishedAt, '2026-11-23T00:01:00.000Z');
});

read('a histogram comes back', () => {
  const histogram = { place: PLACE, mechanism: 'bpftrace', lowNs: [0, 8], highNs: [7, 15], counts: [3, 2 ** 40] };
  const [found] = readStudy(stored({ 'node-2': [{ body: 'histogram', histogram }] })).histograms;
  assert.is(found?.node, 'node-2');
  assert.is(found?.mechanism, 'bpftrace');
  assert.equal(
    [found?.lowNs, found?.highNs, found?.counts],
    [
      [0, 8],
      [7, 15],
      [3, 2 ** 40],
    ],
  );
});

read('what agents saw comes back fork by fork as one observation, and a study without it has none', () => {
  const seen = (fork: number): RecordBody => ({ body: 'observation', observation: forkSeen({ fork }) });
  const [found, ...more] = readStudy(stored({ 'node-1': [seen(0), SAMPLES, seen(1)] })).observations ?? [];
  assert.equal(
    [found?.sut, found?.node, found?.condition, found?.forks, more.length],
    ['java-hello', 'node-1', 'process', 2, 0],
  );
  assert.equal(found?.limits.ioPressureShare, { value: 0.002, forks: 2 });
  assert.equal(readStudy(stored({ 'node-1': [SAMPLES] })).observations, []);
});

read('parity is added up per node, SUT, mechanism and source, and judged', () => {
  const rows = readStudy(
    stored({
      'node-1': [parity(), parity({ seenReads: 12 }), parity({ source: 'kernel' })],
      'node-2': [parity({ mechanism: 'bpftrace' })],
    }),
  ).parity;
  assert.is(rows.length, 3);
  const [load] = rows;
  assert.equal([load?.expectedReads, load?.seenReads, load?.expectedBytes, load?.seenHits], [20, 22, 1760, 10]);
  assert.equal(
    rows.map(({ node, mechanism, source, ok }) => `${node} ${mechanism} ${source} ${ok}`),
    ['node-1 ld-preload load true', 'node-1 ld-preload kernel true', 'node-2 bpftrace load true'],
  );
});

for (const [name, over, ok] of [
  ['more reads than requests are fine for the load', { seenReads: 15 }, true],
  ['fewer reads than requests are not', { seenReads: 9 }, false],
  ['more reads than the kernel saw are not', { source: 'kernel', seenReads: 11 }, false],
  ['a byte too few', { seenBytes: 879 }, false],
  ['a byte too many', { seenBytes: 881 }, false],
  ['a hit missed', { seenHits: 4 }, false],
  ['a hit invented', { seenHits: 6 }, false],
  ['nothing expected, nothing seen', { expectedBytes: 0, seenBytes: 0 }, true],
  ['requests are counted, not bytes: one too many', { expectedBytes: 0, seenBytes: 0, seenReads: 11 }, false],
] as const) {
  read(`parity: ${name}`, () => {
    const [row] = readStudy(stored({ 'node-1': [parity(over)] })).parity;
    assert.is(row?.ok, ok);
    assert.ok(Number.isFinite(row?.ratio));
  });
}

read('a miss in one stretch is not made good by another that saw too much', () => {
  const rows = readStudy(stored({ 'node-1': [parity({ seenHits: 4 }), parity({ seenHits: 6 })] })).parity;
  assert.is(rows[0]?.ok, false);
});

read('loss is added up per node and hop', () => {
  const rows = readStudy(stored({ 'node-1': [loss(100, 0), loss(50, 2)], 'node-2': [loss(7, 0)] })).loss;
  assert.equal(
    rows.map(({ node, received, lost }) => [node, received, lost]),
    [
      ['node-1', 150, 2],
      ['node-2', 7, 0],
    ],
  );
});

read('notes become warnings once each, throttling apart, a failed end says why', () => {
  const note = (code: string, detail: string): RecordBody => ({ body: 'note', note: { code, detail } });
  const end = (status: string): RecordBody => ({
    body: 'end',
    end: { status, code: 'sut-died', message: 'java-hello died', nextStep: '', detail: '' },
  });
  const bodies = [note('pinned', 'a'), note('pinned', 'a'), note('throttled', 'was throttled'), end('complete')];
  const study = readStudy(
    stored(
      { 'node-1': bodies, 'node-2': [end('failed')] },
      { status: 'failed', warnings: [{ code: 'left-out', detail: 'bpf is left out' }] },
    ),
  );
  assert.equal(study.throttling, ['was throttled']);
  assert.equal(study.warnings, [
    { code: 'left-out', detail: 'bpf is left out' },
    { code: 'pinned', detail: 'a' },
    { code: 'sut-died', detail: 'java-hello died' },
  ]);
});

read('a study whose controller died reads as interrupted, its torn tail without a warning', () => {
  const dir = stored({ 'node-1': [SAMPLES] });
  appendFileSync(join(dir, 'samples', readdirSync(join(dir, 'samples'))[0] ?? ''), 'torn');
  const study = readStudy(dir);
  assert.is(study.status, 'interrupted');
  assert.is(study.finishedAt, study.startedAt);
  assert.is(study.batches.length, 1);
  assert.equal(study.warnings, []);
});

read('a torn tail of a study that had ended is a warning that names the file', () => {
  const dir = stored({ 'node-1': [SAMPLES] }, { status: 'complete' });
  appendFileSync(join(dir, 'samples', readdirSync(join(dir, 'samples'))[0] ?? ''), 'torn');
  assert.match(readStudy(dir).warnings[0]?.detail ?? '', /node-1\.run-1\.seg: 4 bytes/);
});

read('what is no study is bad usage that names the path', () => {
  const usage = (pattern: RegExp) => (error: Error & { code?: string }) =>
    error.code === 'usage' && pattern.test(error.message);
  assert.throws(() => readStudy(join(out, 'missing')), usage(/missing holds no study/));
  const dir = stored({});
  for (const text of ['{"schema": "hookbench.study/v9"}', 'null', '{"schema":', '']) {
    writeFileSync(join(dir, 'study.json'), text);
    assert.throws(() => readStudy(dir), usage(/study\.json/));
  }
  const bare = stored({});
  rmSync(join(bare, 'samples'), { recursive: true });
  assert.throws(() => readStudy(bare), usage(/no samples folder/));
});

read.run();
