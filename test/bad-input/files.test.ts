/** CSVs, study folders, segments and requests that are not what they should be: each is taken, or refused in words. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCsv } from '../../controller/import/read-csv.ts';
import { analyseImport } from '../../controller/import/run.ts';
import { importedStudy } from '../../controller/import/study.ts';
import { readStudy } from '../../controller/store/read.ts';
import { writeResults } from '../../controller/study/results.ts';
import { readStudyFile } from '../../controller/study-file/index.ts';
import { decode } from '../../proto/index.ts';
import { fuzzRequests } from './controller/control-fuzz.ts';
import { CSV_CASES, GOOD_ROWS } from './files/csv-cases.ts';
import { FORGED, fuzzFolders, segmentOf } from './files/folder-fuzz.ts';
import { type Outcomes, outcomeOf } from './files/outcome.ts';
import { smallStudy } from './files/small-study.ts';
import { STUDY_CASES } from './files/study-cases.ts';

const MOST_MS = 8_000;
const files = suite('bad input: files');
const dir = mkdtempSync(join(tmpdir(), 'hookbench-bad-files-'));
files.after(() => rmSync(dir, { recursive: true, force: true }));

for (const { name, says, make } of CSV_CASES) {
  files(`a CSV with ${name}`, async () => {
    const own = mkdtempSync(join(dir, 'csv-'));
    writeFileSync(join(own, 'good.csv'), `start_time,response_time\n${GOOD_ROWS}`);
    const startedMs = performance.now();
    const outcome = await outcomeOf(async () => analyse(join(own, 'good.csv'), make(own)));
    assert.ok(performance.now() - startedMs < MOST_MS, 'it ends');
    if (says === null) assert.is(outcome.how, 'taken', JSON.stringify(outcome).slice(0, 500));
    else assert.match(outcome.how === 'refused' ? outcome.why : JSON.stringify(outcome), says);
  });
}

for (const { name, says, make } of STUDY_CASES) {
  files(`a study file with ${name}`, async () => {
    const own = mkdtempSync(join(dir, 'yaml-'));
    const startedMs = performance.now();
    const outcome = await outcomeOf(async () => readStudyFile(make(own)));
    assert.ok(performance.now() - startedMs < MOST_MS, 'it ends');
    assert.match(outcome.how === 'refused' ? outcome.why : JSON.stringify(outcome).slice(0, 500), says);
  });
}

async function analyse(baseline: string, treated: string): Promise<void> {
  const read = async (arm: 0 | 1, path: string) => {
    const rows = await readCsv(path, { skipBadRows: false, mostIdleMs: 300 });
    return { arm, condition: 'imported', file: path, rows };
  };
  const both = [await read(0, baseline), await read(1, treated)];
  const study = importedStudy(both, { warmup: 'usual', command: '' });
  analyseImport({ files: both, study });
}

const SEED = 20_261_123;

files('damaged segments, forged records and bent study.json', async () => {
  const { segments, records, metas } = await fuzzFolders({ seed: SEED, cases: 60 });
  for (const outcomes of [segments, metas]) noCrash(outcomes, 60);
  noCrash(records, 60 * FORGED);
  assert.ok(records.refused > 5 && records.taken > 5 && metas.refused > 5 && segments.taken > 5);
});

files('mutated requests through checks and plan', async () => {
  const outcomes = await fuzzRequests({ seed: SEED, cases: 600 });
  noCrash(outcomes, 600);
  assert.ok(outcomes.refused > 60 && outcomes.taken > 60);
});

function noCrash(outcomes: Outcomes, cases: number): void {
  assert.equal([...outcomes.crashes.values()], []);
  assert.is(outcomes.taken + outcomes.refused, cases);
  assert.ok(outcomes.slowestMs < MOST_MS, `${outcomes.slowestMs} ms`);
}

for (const [name, replace, says] of [
  ['study.json is a pipe', (path: string) => execFileSync('mkfifo', [path]), /study\.json.* is no regular file/],
  ['study.json is a device', (path: string) => symlinkSync('/dev/zero', path), /study\.json.* is no regular file/],
  ['study.json is a list', (path: string) => writeFileSync(path, '[1]'), /has schema undefined/],
] as const) {
  files(name, () => replaced((folder) => join(folder, 'study.json'), replace, says));
}

files('a segment is a pipe', () =>
  replaced(segmentOf, (path) => execFileSync('mkfifo', [path]), /\.seg is no regular file/),
);

files('a segment is a link to another file', () =>
  replaced(segmentOf, (path) => symlinkSync('/etc/passwd', path), /is not a hookbench segment/),
);

files('the samples folder is a file', async () => {
  await replaced(
    (folder) => join(folder, 'samples'),
    (path) => writeFileSync(path, ''),
    /samples can't be read: ENOTDIR/,
  );
});

async function replaced(of: (folder: string) => string, replace: (path: string) => unknown, says: RegExp) {
  const study = await smallStudy();
  try {
    const path = of(study.dir);
    rmSync(path, { recursive: true });
    replace(path);
    const outcome = await outcomeOf(() => readStudy(study.dir));
    assert.match(outcome.how === 'refused' ? outcome.why : JSON.stringify(outcome), says);
  } finally {
    study.remove();
  }
}

files('results are not written through links that lie in the folder', async () => {
  const study = await smallStudy();
  try {
    const victim = join(dir, 'victim');
    writeFileSync(victim, 'mine');
    for (const name of ['results.json', 'report.html']) {
      symlinkSync(victim, join(study.dir, name));
      symlinkSync(victim, join(study.dir, `${name}.${process.pid}.new`));
    }
    writeResults(study.dir);
    assert.is(readFileSync(victim, 'utf8'), 'mine');
  } finally {
    study.remove();
  }
});

files('a message of two bytes a field is refused before it is decoded', () => {
  const inner = Buffer.alloc(2_000_000, Buffer.from([0x32, 0x00]));
  const bomb = Buffer.concat([Buffer.from([0x0a, 0x80, 0x89, 0x7a]), inner]);
  const before = process.memoryUsage().rss;
  assert.throws(() => decode('AgentMessage', bomb), /has more than 100000 fields/);
  assert.ok(process.memoryUsage().rss - before < 100 * 2 ** 20);
});

files.run();
