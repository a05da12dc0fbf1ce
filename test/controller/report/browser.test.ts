import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatEstimate, renderHtml } from '../../../controller/report/index.ts';
import { needs } from '../../helpers/require.ts';
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
// launched by the first test, not in a hook: uvu passes over a failing hook
const check = needs('chromium') ? test : test.skip;
const folder = mkdtempSync(join(tmpdir(), 'hookbench-report-'));
/** where set, the pictures and the PDF are kept for people to look at */
const pictures = process.env.HOOKBENCH_SCREENSHOTS;
let launched: Promise<Browser> | undefined;
const start = () => {
  launched ??= chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  return launched;
};

test.after(async () => {
  await (await launched)?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const [name, results] of Object.entries({ good: goodResults(), troubled: troubledResults() })) {
  for (const { width, colorScheme } of VIEWS) {
    check(
      `${name}, ${width} px, ${colorScheme}: opens from disk, quiet, no sideways scroll, numbers as in the results`,
      async () => {
        const file = join(folder, `${name}.html`);
        writeFileSync(file, renderHtml({ results, figures: figuresFor(results) }));
        const page = await (await start()).newPage({ viewport: { width, height: 900 }, colorScheme });
        const complaints: string[] = [];
        const requests: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('pageerror', (error) => complaints.push(String(error)));
        page.on('request', (request) => requests.push(request.url()));
        await page.goto(pathToFileURL(file).href);

        assert.is(await page.evaluate('document.documentElement.scrollWidth'), width);
        const shown = await page.locator('.matrix td').allInnerTexts();
        const expected = ['ld-preload', 'bpftrace'].flatMap((m) => results.comparisons.filter((c) => c.treated === m));
        assert.is(shown.length, expected.length);
        for (const [i, c] of expected.entries()) {
          const text = shown[i] ?? '';
          const shift = c.shifts.p50 === null ? null : formatEstimate(c.shifts.p50);
          for (const part of shift === null ? ['n/a (incomplete)'] : [shift.value, shift.interval]) {
            assert.ok(text.includes(part), `${part} in ${text}`);
          }
        }
        const exact = await page.evaluate(
          `[...document.querySelectorAll('.matrix data.estimate')].map((d) => Number(d.value))`,
        );
        assert.equal(
          exact,
          expected.flatMap((c) => c.shifts.p50?.estimateNs ?? []),
        );
        const drawn = await page.locator('svg.plot:visible').count();
        assert.is(drawn, await page.locator('figure').count());
        const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        assert.is(background, colorScheme === 'dark' ? 'rgb(18, 20, 23)' : 'rgb(251, 251, 249)');

        if (pictures !== undefined)
          await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        assert.equal(complaints, []);
        assert.equal(requests, [pathToFileURL(file).href]);
        await page.close();
      },
    );
  }
}

check('prints to PDF', async () => {
  const file = join(folder, 'print.html');
  const results = goodResults();
  writeFileSync(file, renderHtml({ results, figures: figuresFor(results) }));
  const page = await (await start()).newPage();
  await page.goto(pathToFileURL(file).href);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 688, height: 1000 });
  assert.is(await page.evaluate('document.documentElement.scrollWidth'), 688);
  const pdf = await page.pdf({
    format: 'A4',
    ...(pictures === undefined ? {} : { path: join(pictures, 'report.pdf') }),
  });
  assert.is(pdf.subarray(0, 5).toString(), '%PDF-');
  await page.close();
});

test.run();
