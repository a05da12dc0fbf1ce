// A study of a million samples (ten with HOOKBENCH_LONG=1, where the time to open it is asserted too): the page holds what was aggregated, not samples.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Batch, StudyRecord } from '../../../controller/analysis/record.ts';
import { renderHtml } from '../../../controller/report/index.ts';
import { figuresFromAnalysis } from '../../../controller/study/figures.ts';
import { needs } from '../../helpers/require.ts';
import { makeStudy } from '../../helpers/study.ts';
import { assertQuiet, ReportBrowser, VIEWS } from './report-page.ts';

const LONG = process.env.HOOKBENCH_LONG === '1';
const SAMPLES = LONG ? 10_000_000 : 1_000_000;
const OPENS_WITHIN_MS = 2_000;

const test = suite(`a study of ${SAMPLES} samples`);
const check = needs('chromium') ? test : test.skip;
const browser = new ReportBrowser();
test.after(() => browser.close());

/** a small study with each batch's samples repeated, a little changed each time, until there are as many as wanted */
function grown(samples: number): StudyRecord {
  const small = makeStudy({ forks: 6, blocks: 40, perBlock: 50, stallShare: 0.01, preloadShiftNs: 900 });
  const before = small.batches.reduce((sum, { arm }) => sum + arm.length, 0);
  const times = Math.ceil(samples / before);
  return { ...small, batches: small.batches.map((batch) => repeated(batch, times)) };
}

function repeated(batch: Batch, times: number): Batch {
  const n = batch.arm.length;
  const columns = {
    dtNs: new Uint32Array(n * times),
    latencyNs: new Uint32Array(n * times),
    arm: new Uint8Array(n * times),
    flags: new Uint8Array(n * times),
  };
  for (let i = 0; i < n * times; i++) {
    const from = i % n;
    columns.dtNs[i] = i * 1_000;
    columns.latencyNs[i] = (batch.latencyNs[from] as number) + ((i * 7_919) % 997);
    columns.arm[i] = batch.arm[from] as number;
    columns.flags[i] = batch.flags[from] as number;
  }
  return { ...batch, ...columns };
}

check('its page is below 2 MB and opens', async () => {
  const study = grown(SAMPLES);
  const stored = study.batches.reduce((sum, { arm }) => sum + arm.length, 0);
  assert.ok(stored >= SAMPLES, String(stored));
  const html = renderHtml({ results: analyse(study), figures: figuresFromAnalysis(study) });
  const bytes = Buffer.byteLength(html);
  assert.ok(bytes < 2_000_000, `${bytes} bytes`);
  const view = VIEWS[2]!;
  const opened = await browser.open('large', html, view);
  process.stdout.write(`${stored} samples: ${bytes} bytes, opened in ${Math.round(opened.openedMs)} ms\n`);
  if (LONG) assert.ok(opened.openedMs < OPENS_WITHIN_MS, `opened in ${opened.openedMs} ms`);
  assert.ok((await opened.page.locator('svg.plot:visible').count()) >= 2);
  await assertQuiet(opened, view.width);
  await opened.page.close();
});

check('many places share one page: below 2 MB too', () => {
  const small = makeStudy({ forks: 6, blocks: 40, perBlock: 20 });
  const suts = ['a', 'b', 'c'];
  const conditions = ['process', 'netns', 'docker', 'pod'];
  const batches = suts.flatMap((sut) =>
    conditions.flatMap((condition) => small.batches.map((batch) => ({ ...batch, sut, condition }))),
  );
  const study = { ...small, suts, conditions, batches };
  const html = renderHtml({ results: analyse(study), figures: figuresFromAnalysis(study) });
  assert.ok(Buffer.byteLength(html) < 2_000_000, `${Buffer.byteLength(html)} bytes`);
  assert.is(html.match(/<table class="matrix/g)?.length, 3, 'a matrix for each SUT');
});

test.run();
