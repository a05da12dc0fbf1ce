/** The report of a real study, as it was written beside its results, in a real browser. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  assertCells,
  assertNumbers,
  assertQuiet,
  ReportBrowser,
  seriousViolations,
  TWO_VIEWS,
} from '../controller/report/report-page.ts';
import { endRuns, newOutDir, resultsIn, runCli, studyDir } from '../helpers/cli.ts';
import { needs } from '../helpers/require.ts';

const study = suite('e2e: the report of a real study');
const check = needs('chromium') ? study : study.skip;
const browser = new ReportBrowser();
study.after.each(endRuns);
study.after(() => browser.close());

const ARGS = ['run', '--sut', 'read-loop', '--mechanisms', 'ld-preload', '--forks', '3', '--blocks', '2'];
const SIZE = ['--requests', '3000', '--warmup', '500', '--seed', '42'];

check('opens from disk in every view, quiet, accessible, with every number of results.json', async () => {
  const out = newOutDir();
  const run = await runCli([...ARGS, ...SIZE, '--out', out]);
  assert.is(run.exitCode, 0, run.stderr);
  const results = resultsIn(out);
  const html = readFileSync(join(studyDir(out), 'report.html'), 'utf8');
  assert.ok(html.length < 2_000_000, `${html.length} characters`);
  for (const view of TWO_VIEWS) {
    const opened = await browser.open('real', html, view);
    await assertCells(opened.page, results);
    await assertNumbers(opened.page, results);
    await browser.picture(opened.page, `real-${view.width}-${view.colorScheme}`);
    await assertQuiet(opened, view.width);
    const tabs = await opened.page.locator('.tabs > label').allInnerTexts();
    const wanted = [
      'Boxplots',
      'Distribution and tail',
      'Histogram',
      'Over requests',
      'Over time',
      'Inside and outside',
    ];
    for (const tab of wanted) assert.ok(tabs.includes(tab), `${tab} in ${tabs.join(', ')}`);
    if (view.width === 390) assert.equal(await seriousViolations(opened.page), []);
    await opened.page.close();
  }
});

study.run();
