// A segment that ends between two frames looks whole by itself: what study.json says of it tells.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encode } from '#proto';
import { streamLoss } from '../../../controller/store/count-rows.ts';
import { createStudyStore } from '../../../controller/store/disk.ts';
import { checkStudy } from '../../../controller/store/fsck/check.ts';
import { fsck } from '../../../controller/store/fsck/fsck.ts';
import { readMeta } from '../../../controller/store/meta.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { scanSegment } from '../../../controller/store/segment-read.ts';
import { storedSegments } from '../../../controller/store/stored-segments.ts';
import { writeResults } from '../../../controller/study/results.ts';
import { metaOf, newResultsDir, planOf, STEPS, segmentPath, stepRecord } from '../../helpers/stored-study.ts';

const AT = '2026-11-23T00:01:00.000Z';
const results = newResultsDir();
let made = 0;

/** complete; record 3 was not stored, and is counted as lost */
function study(o: { lost: boolean } = { lost: false }): string {
  const id = `study-${made++}`;
  const store = createStudyStore(results, id);
  store.saveMeta(metaOf(id));
  store.savePlan(planOf());
  for (let step = 0; step < STEPS; step++) {
    const record = stepRecord(id, step);
    if (!(o.lost && step === 2)) store.append('node-1', 'run-1', record);
    else store.append('node-1', 'run-1', { ...record, sequence: 0, body: 'loss', loss: streamLoss(80, 40) });
  }
  store.close();
  store.saveMeta(metaOf(id, { status: 'complete', finishedAt: AT, segments: storedSegments(store.runs()) }));
  writeResults(store.dir);
  return store.dir;
}

const warned = (dir: string) =>
  readStudy(dir).warnings.flatMap(({ code, detail }) => (code === 'missing-records' ? [detail] : []));
const found = (dir: string) =>
  checkStudy(dir).findings.flatMap(({ code, severity }) => (code === 'missing-records' ? [severity] : []));

const test = suite('missing records');

test('a whole study says nothing of the kind', () => {
  const dir = study();
  assert.equal(readMeta(dir).segments, [{ file: 'node-1.run-1.seg', records: STEPS, samples: 200 }]);
  assert.equal([warned(dir), checkStudy(dir).findings], [[], []]);
});

test('cut off after any frame, emptied or gone: reader and fsck say how much is missing', () => {
  const dir = study();
  const path = segmentPath(dir);
  const whole = readFileSync(path);
  const ends: number[] = [];
  scanSegment(path, ({ at }) => ends.push(at));
  for (const [records, end] of [...ends.entries(), [0, 0] as const]) {
    writeFileSync(path, whole.subarray(0, end));
    const [missing, samples] = [STEPS - records, 40 * (STEPS - records)];
    assert.match(warned(dir).join(), new RegExp(`: ${missing} of 5 records .* with ${samples} samples$`), `at ${end}`);
    assert.equal(found(dir), ['damage']);
  }
  rmSync(path);
  assert.match(warned(dir).join(), /^node-1\.run-1\.seg: 5 of 5 records/);
  assert.equal(found(dir), ['damage']);
});

test('--repair takes what is left, and says for good that it is less', () => {
  const dir = study();
  const path = segmentPath(dir);
  let last = 0;
  scanSegment(path, ({ at }) => {
    last = at;
  });
  writeFileSync(path, readFileSync(path).subarray(0, last));
  fsck(dir, { repair: true, analyse: writeResults });
  assert.equal([warned(dir), found(dir)], [[], []]);
  const { segments, warnings } = readMeta(dir);
  assert.equal(segments, [{ file: 'node-1.run-1.seg', records: 4, samples: 160 }]);
  assert.match(warnings.map(({ code, detail }) => `${code} ${detail}`).join(), /repaired .*1 of 5 records .*go/);
});

test('what the controller itself says was lost is read, and explains the gap', () => {
  const dir = study({ lost: true });
  assert.equal(
    readStudy(dir).loss.map(({ hop, lost }) => `${hop} ${lost}`),
    ['stream 40'],
  );
  const codes = checkStudy(dir).findings.map(({ code, severity }) => `${severity} ${code}`);
  assert.equal(codes.sort(), ['note known-gap', 'note too-few-samples']);
});

test('an agent can not say so: sequence 0 is no record of its own', async () => {
  const { checkRecord, checkStoredRecord } = await import('../../../controller/ingest/validate.ts');
  const record = { ...stepRecord('s', 0), sequence: 0 };
  assert.ok(encode('Record', record).length > 0);
  checkStoredRecord(record);
  assert.throws(() => checkRecord(record), /without sequence/);
});

test.run();
