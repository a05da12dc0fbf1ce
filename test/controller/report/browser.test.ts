import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatEstimate, renderHtml } from '../../../controller/report/index.ts';
import { goodResults } from '../../helpers/results.ts';
import { troubledResults } from '../../helpers/results-variants.ts';
import { figuresFor } from './figure-fixture.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const VIEWS = [390, 1440].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

const test = suite('report in a browser');
const folder = mkdtempSync(join(tmpdir(), 'hookbench-report-'));
/** where set, the pictures and the PDF are kept for people to look at */
const pictures = process.env.HOOKBENCH_SCREENSHOTS;
let browser: Browser | undefined;

test.before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
});

test.after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const [name, results] of Object.entries({ good: goodResults(), troubled: troubledResults() })) {
  for (const { width, colorScheme } of VIEWS) {
    test(`${name}, ${width} px, ${colorScheme}: opens from disk, quiet, no sideways scroll, numbers as in the results`, async () => {
      if (browser === undefined) throw new Error('chromium did not start');
      const file = join(folder, `${name}.html`);
      writeFileSync(file, renderHtml({ results, figures: figuresFor(results) }));
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href);

      const scroll = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      assert.is(scroll[0], scroll[1]);
      const shown = await page.$$eval('.matrix td', (cells) => cells.map((cell) => (cell as HTMLElement).innerText));
      const expected = ['ld-preload', 'bpftrace'].flatMap((m) => results.comparisons.filter((c) => c.treated === m));
      assert.is(shown.length, expected.length);
      for (const [i, c] of expected.entries()) {
        const text = shown[i] ?? '';
        const parts =
          c.shifts.p50 === null ? ['n/a (incomplete)'] : Object.values(formatEstimate(c.shifts.p50)).slice(0, 2);
        for (const part of parts) assert.ok(text.includes(part), `${part} in ${text}`);
      }
      const exact = await page.$$eval('.matrix data.estimate', (found) =>
        found.map((d) => Number(d.getAttribute('value'))),
      );
      assert.equal(
        exact,
        expected.flatMap((c) => c.shifts.p50?.estimateNs ?? []),
      );
      const drawn = await page.$$eval(
        'svg.plot',
        (all) => all.filter((svg) => svg.getBoundingClientRect().width > 0).length,
      );
      assert.is(drawn, await page.$$eval('figure', (all) => all.length));
      const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.is(dark, colorScheme === 'dark' ? 'rgb(18, 20, 23)' : 'rgb(251, 251, 249)');

      if (pictures !== undefined)
        await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      assert.equal(complaints, []);
      assert.equal(requests, [pathToFileURL(file).href]);
      await page.close();
    });
  }
}

test('prints to PDF', async () => {
  if (browser === undefined) throw new Error('chromium did not start');
  const file = join(folder, 'print.html');
  const results = goodResults();
  writeFileSync(file, renderHtml({ results, figures: figuresFor(results) }));
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  const pdf = await page.pdf({
    format: 'A4',
    ...(pictures === undefined ? {} : { path: join(pictures, 'report.pdf') }),
  });
  assert.is(pdf.subarray(0, 5).toString(), '%PDF-');
  await page.close();
});

const required = (process.env.HOOKBENCH_REQUIRE ?? '').split(',').includes('chromium');
if (existsSync(CHROMIUM) || required) {
  test.run();
} else {
  console.log(
    `skipped: report in a browser: ${CHROMIUM} is not there (HOOKBENCH_REQUIRE=chromium makes this a failure)`,
  );
  const skipped = suite('report in a browser (skipped)');
  skipped.skip(`needs ${CHROMIUM}`);
  skipped.run();
  rmSync(folder, { recursive: true, force: true });
}
