import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { storeImport } from '../../../controller/import/run.ts';
import { writeResults } from '../../../controller/study/results.ts';
import { random } from '../../helpers/random.ts';
import { needs } from '../../helpers/require.ts';
import { paperFiles } from '../../oracle/paper-data.ts';
import { assertCells, assertNumbers, assertQuiet, ReportBrowser, seriousViolations, TWO_VIEWS } from './report-page.ts';

const test = suite('report of imported CSVs in a browser');
const check = needs('chromium') ? test : test.skip;
const browser = new ReportBrowser();
const folder = mkdtempSync(join(tmpdir(), 'hookbench-csv-'));
test.after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** a run of 6,000 requests as Locust writes it: a warm-up that falls, then noise around the level */
function csv(name: string, seed: number, levelMs: number, startS: number): string {
  const noise = random(seed);
  const rows = Array.from({ length: 6_000 }, (_, i) => {
    const ms = levelMs + 3 * Math.exp(-i / 400) + Math.abs(noise.normal()) * 0.2;
    return `${(startS + i * 0.004).toFixed(6)},${ms.toFixed(6)}`;
  });
  const path = join(folder, name);
  writeFileSync(path, ['start_time,response_time', ...rows, ''].join('\n'));
  return path;
}

async function opensWell(name: string, baseline: readonly string[], treated: readonly string[], conditions: string[]) {
  const request = { baseline, treated, conditions, warmup: 'usual', skipBadRows: false } as const;
  const { dir } = await storeImport({ ...request, command: 'hookbench analyze' }, join(folder, name));
  const results = writeResults(dir);
  const html = readFileSync(join(dir, 'report.html'), 'utf8');
  for (const view of TWO_VIEWS) {
    const opened = await browser.open(name, html, view);
    await assertCells(opened.page, results);
    await assertNumbers(opened.page, results);
    await browser.picture(opened.page, `${name}-${view.width}-${view.colorScheme}`);
    await assertQuiet(opened, view.width);
    assert.ok((await opened.page.locator('svg.plot:visible').count()) >= 2 * conditions.length, 'forest and boxplots');
    if (view.width === 1440) assert.equal(await seriousViolations(opened.page), []);
    await opened.page.close();
  }
}

check('two conditions of generated files: figures are there, numbers as in the results', () =>
  opensWell(
    'import',
    [csv('a.csv', 1, 1.5, 1e9), csv('c.csv', 2, 2.5, 1e9 + 100)],
    [csv('b.csv', 3, 1.6, 1e9 + 30), csv('d.csv', 4, 2.5, 1e9 + 130)],
    ['docker', 'pod'],
  ),
);

const paper = paperFiles();
if (paper.kind === 'present' && needs('chromium')) {
  test('the paper’s data: numbers as in the results', () =>
    opensWell(
      'paper',
      [paper.docker.baseline, paper.eksPod.baseline],
      [paper.docker.treated, paper.eksPod.treated],
      ['docker', 'eks-pod'],
    ));
}

test.run();
