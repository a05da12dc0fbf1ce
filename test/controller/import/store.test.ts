import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readImport, writeImport } from '../../../controller/import/store.ts';
import { type ImportedFile, importedStudy } from '../../../controller/import/study.ts';
import { detectedCut, warmupCut } from '../../../controller/import/warmup.ts';
import { random } from '../../helpers/random.ts';

const root = mkdtempSync(join(tmpdir(), 'hookbench-test-import-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
const test = suite('import: store and warm-up');

const { uniform } = random(3);
const noise = (n: number, level = 1e6) => Float64Array.from({ length: n }, () => level + 1e4 * uniform());

function file(arm: 0 | 1): ImportedFile {
  const responseNs = noise(500).map((ns) => ns + 0.25);
  const startTimeS = responseNs.map((_, i) => 1_691_745_886 + i / 100);
  return {
    arm,
    condition: 'lab',
    file: `${arm}.csv`,
    rows: { startTimeS, responseNs, badRows: 2, firstBad: 'line 3: x' },
  };
}

const FILES = [file(0), file(1), file(0), file(1)];
const OPTIONS = { warmup: 100, command: 'hookbench analyze' } as const;

test('what was stored is the same study again, to the last bit', () => {
  const dir = join(root, 'same');
  writeImport(dir, FILES, OPTIONS);
  assert.equal(readImport(dir), importedStudy(FILES, OPTIONS));
});

test('an import in the place of another leaves nothing of it', () => {
  const again = join(root, 'again');
  writeImport(again, FILES, OPTIONS);
  const others = [file(0), file(1)];
  writeImport(again, others, OPTIONS);
  assert.equal(readdirSync(join(again, 'samples')), ['004-baseline.col', '005-treated.col']);
  assert.equal(readImport(again), importedStudy(others, OPTIONS));
});

test('runs, stretches and warm-up of each file; responses above 4.29 s and fractions of a ns stay', () => {
  const study = importedStudy(FILES, OPTIONS);
  const own = study.batches.filter(({ step, fork }) => step === 0 && fork === 1);
  assert.equal(own.map(({ phase }) => phase).filter((phase) => phase === 'warmup').length, 1);
  assert.is(
    own.reduce((sum, { latencyNs }) => sum + latencyNs.length, 0),
    500,
  );
  assert.is(own.length, 41);
  assert.equal([study.forks, study.warmup, study.requestsPerArm], [2, 100, 500]);
  assert.is(own[1]?.latencyNs[0], FILES[2]?.rows.responseNs[100]);
});

test('a damaged column file, a foreign name in import.json and another schema are refused', () => {
  const dir = join(root, 'damaged');
  writeImport(dir, FILES, OPTIONS);
  const column = join(dir, 'samples', '000-baseline.col');
  const bytes = readFileSync(column);
  for (const spoilt of [bytes.subarray(0, 100), Buffer.from(bytes.map((byte, i) => (i === 3000 ? byte ^ 1 : byte)))]) {
    writeFileSync(column, spoilt);
    assert.throws(() => readImport(dir), /000-baseline\.col is damaged/);
  }
  writeFileSync(column, bytes);
  const meta = readFileSync(join(dir, 'import.json'), 'utf8');
  writeFileSync(join(dir, 'import.json'), meta.replace('000-baseline.col', '../../../etc/passwd'));
  assert.throws(() => readImport(dir), /import\.json is damaged/);
  writeFileSync(join(dir, 'import.json'), meta.replace('import/v1', 'import/v9'));
  assert.throws(() => readImport(dir), /this version reads hookbench\.import\/v1/);
});

test('where a run settles is found; one that never does is said to be so, and nothing is cut', () => {
  const settling = Float64Array.from([...noise(300, 3e6), ...noise(2000)]);
  const { rows, settled } = detectedCut(settling);
  assert.ok(settled && rows >= 290 && rows <= 330, String(rows));
  const { rows: none } = detectedCut(noise(2000));
  assert.ok(none < 600, String(none));
  const climbing = Float64Array.from({ length: 2000 }, (_, i) => 1e6 + 1e4 * i);
  assert.equal(detectedCut(climbing), { rows: 0, settled: false });
  const study = importedStudy(
    [0, 1].map((arm) => ({
      ...file(arm as 0 | 1),
      rows: { ...file(0).rows, startTimeS: climbing, responseNs: climbing },
    })),
    { warmup: 'auto', command: '' },
  );
  assert.ok(study.warnings.some(({ code }) => code === 'never-settled'));
});

test('the usual warm-up is the paper’s 4,000, at most a fifth of a run', () => {
  assert.equal(
    [50_000, 20_000, 1000].map((n) => warmupCut(new Float64Array(n), 'usual').rows),
    [4000, 4000, 200],
  );
});

test.run();
