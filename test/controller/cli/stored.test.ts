// hookbench studies and hookbench fsck as they are typed.
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runCli } from '../../helpers/cli.ts';
import { leftBehind, newResultsDir, segmentPath, storedStudy } from '../../helpers/stored-study.ts';

const results = newResultsDir();
const whole = storedStudy(results, 'whole');
const torn = storedStudy(results, 'torn');
truncateSync(segmentPath(torn), 100);
leftBehind(results, 'left');

const test = suite('stored studies on the command line');

test('studies lists what is stored, how it ended and what came out', async () => {
  const { exitCode, stdout } = await runCli(['studies', results]);
  assert.is(exitCode, 0);
  const lines = stdout.split('\n');
  assert.match(lines[0] ?? '', /^study +status +when \(UTC\) +SUTs +mechanisms +verdicts$/);
  assert.match(
    lines.find((line) => line.startsWith('whole')) ?? '',
    /complete +2026-11-23 00:00 +java-hello +ld-preload/,
  );
  assert.match(lines.find((line) => line.startsWith('left')) ?? '', /left behind/);
  const json = JSON.parse((await runCli(['studies', results, '--json'])).stdout);
  assert.is(json.schema, 'hookbench.studies/v1');
  assert.equal(json.studies.map(({ id }: { id: string }) => id).sort(), ['left', 'torn', 'whole']);
});

test('studies of a folder that is not there, or is a study, is bad usage', async () => {
  for (const dir of [join(results, 'nothing'), whole]) {
    const { exitCode, stderr } = await runCli(['studies', dir]);
    assert.is(exitCode, 2);
    assert.match(stderr, 'next: ');
  }
});

test('fsck exits 0 for what is clean, 1 for damage, 2 for what is no study', async () => {
  const clean = await runCli(['fsck', whole]);
  assert.equal([clean.exitCode, /whole: clean \(1 segments, 5 records, 200 samples\)/.test(clean.stdout)], [0, true]);
  const all = await runCli(['fsck', results]);
  assert.is(all.exitCode, 1);
  assert.match(all.stdout, /torn: \d findings of damage/);
  assert.match(all.stdout, `next: hookbench fsck ${torn} --repair`);
  assert.is((await runCli(['fsck', join(results, 'nothing')])).exitCode, 2);
  const json = JSON.parse((await runCli(['fsck', torn, '--json'])).stdout);
  assert.equal([json.schema, json.clean, json.folders[0].findings[0].code], ['hookbench.fsck/v1', false, 'torn-tail']);
});

test('fsck --repair says what it did', async () => {
  const { exitCode, stdout } = await runCli(['fsck', join(results, 'left'), '--repair']);
  assert.is(exitCode, 0);
  assert.match(stdout, 'repaired: study left was running');
  rmSync(join(results, 'left'), { recursive: true });
});

test.run();
