// Every kind of damage is found, named, and repaired without a byte lost.
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encode } from '#proto';
import { createStudyStore } from '../../../controller/store/disk.ts';
import { checkStudy } from '../../../controller/store/fsck/check.ts';
import type { FindingCode } from '../../../controller/store/fsck/finding.ts';
import { fsck } from '../../../controller/store/fsck/fsck.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { scanSegment } from '../../../controller/store/segment-read.ts';
import { writeResults } from '../../../controller/study/results.ts';
import {
  edit,
  leftBehind,
  metaOf,
  newResultsDir,
  planOf,
  STEPS,
  segmentPath,
  stepRecord,
  storedStudy,
} from '../../helpers/stored-study.ts';

const results = newResultsDir();
let made = 0;
const study = (): string => storedStudy(results, `study-${made++}`);

const damageOf = (dir: string): FindingCode[] =>
  checkStudy(dir).findings.flatMap(({ severity, code }) => (severity === 'damage' ? [code] : []));
const notesOf = (dir: string): FindingCode[] =>
  checkStudy(dir).findings.flatMap(({ severity, code }) => (severity === 'note' ? [code] : []));
const repair = (dir: string) => fsck(dir, { repair: true, analyse: writeResults });

/** offsets of the frames, and the end */
function frames(path: string): number[] {
  const at: number[] = [];
  const { goodBytes } = scanSegment(path, (frame) => at.push(frame.at));
  return [...at, goodBytes];
}

function flip(path: string, at: number): void {
  edit(path, (bytes) => {
    bytes[at] = (bytes[at] as number) ^ 0x10;
    return bytes;
  });
}

/** everything that was taken out, together */
function quarantinedBytes(dir: string): number {
  const folder = join(dir, 'quarantine');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.bytes'))
    .reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
}

const steps = (dir: string): number[] => readStudy(dir).batches.map(({ step }) => step);

const test = suite('fsck');

test('a whole study is clean, and is not touched', () => {
  const dir = study();
  const before = readdirSync(dir).map((name) => [name, existsSync(join(dir, name))]);
  const report = fsck(dir, { repair: true, analyse: () => assert.unreachable('nothing is to be made again') });
  assert.equal([report.isDamaged, report.folders[0]?.findings, report.folders[0]?.samples], [false, [], 200]);
  assert.equal(
    readdirSync(dir).map((name) => [name, true]),
    before,
  );
});

test('a torn tail is found at every byte, and cut off with its bytes kept', () => {
  const dir = study();
  const path = segmentPath(dir);
  const whole = readFileSync(path);
  const last = frames(path)[STEPS - 1] as number;
  for (const length of [last + 1, last + 7, last + 8, last + 9, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, length));
    assert.equal(damageOf(dir).slice(0, 1), ['torn-tail'], `cut at ${length}`);
  }
  const report = repair(dir);
  assert.is(readFileSync(path).length, last);
  assert.is(quarantinedBytes(dir), whole.length - 1 - last);
  assert.equal(steps(dir), [0, 1, 2, 3]);
  // what was planned and is gone stays a finding: nothing can repair that
  assert.equal(damageOf(dir), ['too-few-samples']);
  assert.is(report.isDamaged, true);
});

test('a flipped bit in the middle costs one record, and the sequences say which', () => {
  const dir = study();
  const path = segmentPath(dir);
  const at = frames(path);
  for (const byte of [at[2] as number, (at[2] as number) + 2, (at[2] as number) + 5, (at[2] as number) + 60]) {
    flip(path, byte);
    assert.equal(steps(dir), [0, 1], 'a plain read ends before it');
    const found = checkStudy(dir).findings.find(({ code }) => code === 'damaged-frame');
    assert.equal([found?.at, found?.bytes], [at[2], (at[3] as number) - (at[2] as number)], `flipped at ${byte}`);
    assert.ok(damageOf(dir).includes('gap'));
    flip(path, byte);
  }
  assert.equal(damageOf(dir), []);
  flip(path, (at[2] as number) + 60);
  repair(dir);
  assert.equal(steps(dir), [0, 1, 3, 4]);
  assert.is(quarantinedBytes(dir), (at[3] as number) - (at[2] as number));
  assert.equal(damageOf(dir), ['too-few-samples']);
  assert.ok(notesOf(dir).includes('known-gap') && notesOf(dir).includes('quarantined'));
});

test('a damaged magic costs nothing', () => {
  const dir = study();
  flip(segmentPath(dir), 3);
  assert.equal(damageOf(dir), ['damaged-frame']);
  assert.is(repair(dir).isDamaged, false);
  assert.equal(steps(dir), [0, 1, 2, 3, 4]);
});

test('a record stored twice is one too many, and one that is missing one too few', () => {
  const dir = study();
  const path = segmentPath(dir);
  const at = frames(path);
  edit(path, (bytes) => Buffer.concat([bytes, bytes.subarray(at[4])]));
  assert.equal(damageOf(dir), ['double-record']);
  assert.is(repair(dir).isDamaged, false);
  assert.equal(steps(dir), [0, 1, 2, 3, 4]);
  edit(path, (bytes) => Buffer.concat([bytes.subarray(0, at[1]), bytes.subarray(at[2])]));
  assert.equal(damageOf(dir), ['gap', 'too-few-samples']);
});

test('a frame that is no record, one of another study and one of another node are set aside', () => {
  const dir = study();
  const path = segmentPath(dir);
  const id = 'study-x';
  const own = checkStudy(dir).id;
  const ofNode = { ...stepRecord(own, STEPS), assignmentId: `${own}/node-2/process/0` };
  const payloads = [Buffer.from('no record at all'), encode('Record', stepRecord(id, STEPS)), encode('Record', ofNode)];
  edit(path, (bytes) => Buffer.concat([bytes, ...payloads.map(framed)]));
  assert.equal(damageOf(dir), ['bad-record', 'foreign-record', 'foreign-record']);
  assert.is(repair(dir).isDamaged, false);
  assert.equal(steps(dir), [0, 1, 2, 3, 4]);
});

test('columns of uneven length are no samples', () => {
  const dir = study();
  const record = stepRecord(checkStudy(dir).id, STEPS);
  if (record.body !== 'samples') throw new Error('no samples');
  const payload = encode('Record', { ...record, samples: { ...record.samples, n: 39 } });
  edit(segmentPath(dir), (bytes) => Buffer.concat([bytes, framed(payload)]));
  assert.equal(damageOf(dir), ['bad-record']);
});

test('a file that is no segment is moved, not deleted', () => {
  const dir = study();
  writeFileSync(join(dir, 'samples', 'stray.seg'), 'start_time,response_time\n1,2\n');
  assert.equal(damageOf(dir), ['not-a-segment']);
  assert.is(repair(dir).isDamaged, false);
  assert.match(readFileSync(join(dir, 'quarantine', 'stray.seg'), 'utf8'), 'start_time');
});

test('a segment of a newer version is refused and left alone', () => {
  const dir = study();
  edit(segmentPath(dir), (bytes) => {
    bytes.write('9', 6);
    return bytes;
  });
  assert.ok(damageOf(dir).includes('newer-format'));
  repair(dir);
  assert.is(readFileSync(segmentPath(dir))[6], '9'.charCodeAt(0));
});

test('plan and samples must agree', () => {
  const dir = study();
  writeFileSync(join(dir, 'plan.json'), JSON.stringify(planOf(STEPS, 41)));
  assert.equal(damageOf(dir), ['too-few-samples']);
  writeFileSync(join(dir, 'plan.json'), JSON.stringify(planOf(STEPS, 39)));
  assert.equal(damageOf(dir), Array(STEPS).fill('too-many-samples'));
  writeFileSync(join(dir, 'plan.json'), JSON.stringify(planOf(STEPS - 1)));
  assert.equal(damageOf(dir), ['plan-mismatch']);
  writeFileSync(join(dir, 'plan.json'), '{"schema":');
  assert.equal(damageOf(dir), ['unreadable']);
  rmSync(join(dir, 'plan.json'));
  assert.equal(damageOf(dir), ['plan-missing']);
});

test('what is sent to settle a connection is not among the planned', () => {
  const id = `settling-${made++}`;
  const store = createStudyStore(results, id);
  store.savePlan(planOf());
  for (let step = 0; step < STEPS; step++) {
    const record = stepRecord(id, step, 43);
    if (record.body === 'samples') record.samples.flags.fill(2, 0, 3);
    store.append('node-1', 'run-1', record);
  }
  store.close();
  store.saveMeta(metaOf(id, { status: 'complete', finishedAt: '2026-11-23T00:01:00.000Z' }));
  assert.equal(damageOf(store.dir), ['results-missing']);
});

test('results must be there and be those of the samples; they are made again', () => {
  const dir = study();
  const path = join(dir, 'results.json');
  const text = readFileSync(path, 'utf8');
  const broken = [
    { text: text.replace('"seed": 7', '"seed": 8'), code: 'results-mismatch' },
    { text: text.replace(/"n": (\d+)/, '"n": 9$1000'), code: 'results-mismatch' },
    { text: text.slice(0, 100), code: 'unreadable' },
  ];
  for (const { text, code } of broken) {
    writeFileSync(path, text);
    assert.equal(damageOf(dir), [code]);
  }
  rmSync(path);
  assert.equal(damageOf(dir), ['results-missing']);
  assert.is(repair(dir).isDamaged, false);
  assert.is(readFileSync(path, 'utf8'), text);
});

test('a study left behind becomes interrupted, with its tail cut', () => {
  const dir = leftBehind(results, `left-${made++}`);
  appendFileSync(segmentPath(dir), 'torn');
  assert.equal(damageOf(dir), ['unfinished', 'torn-tail']);
  assert.is(repair(dir).isDamaged, false);
  const study = readStudy(dir);
  assert.equal([study.status, study.batches.length], ['interrupted', STEPS]);
  assert.ok(study.warnings.some(({ code }) => code === 'recovered'));
});

test('without study.json nothing is guessed', () => {
  const dir = study();
  writeFileSync(join(dir, 'study.json'), '{');
  assert.equal(damageOf(dir), ['unreadable']);
  assert.is(repair(dir).isDamaged, true);
});

test('a folder of studies is checked study by study', () => {
  const folder = newResultsDir();
  storedStudy(folder, 'one');
  flip(segmentPath(storedStudy(folder, 'two')), 30);
  const { folders, isDamaged } = fsck(folder, { repair: false, analyse: () => undefined });
  assert.equal([folders.map(({ id }) => id), isDamaged], [['one', 'two'], true]);
  assert.throws(
    () => fsck(join(folder, 'one', 'nothing'), { repair: false, analyse: () => undefined }),
    /holds no study/,
  );
});

function framed(payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt32LE(crc(payload), 4);
  return Buffer.concat([head, payload]);
}

function crc(bytes: Uint8Array): number {
  let sum = 0xffff_ffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 1 ? (sum >>> 1) ^ 0xedb8_8320 : sum >>> 1;
  }
  return (sum ^ 0xffff_ffff) >>> 0;
}

test.run();
