import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import { renderHtml } from '../../../controller/report/index.ts';
import { needs } from '../../helpers/require.ts';
import { goodResults } from '../../helpers/results.ts';
import { troubledResults } from '../../helpers/results-variants.ts';
import { vantageStudy } from '../../helpers/vantage-study.ts';
import { figuresFor } from './figure-fixture.ts';
import { assertCells, assertNumbers, assertQuiet, ReportBrowser, seriousViolations, VIEWS } from './report-page.ts';

const test = suite('report in a browser');
const check = needs('chromium') ? test : test.skip;
const browser = new ReportBrowser();
test.after(() => browser.close());

for (const [name, results] of Object.entries({ good: goodResults(), troubled: troubledResults() })) {
  for (const view of VIEWS) {
    const { width, colorScheme } = view;
    check(
      `${name}, ${width} px, ${colorScheme}: opens from disk, quiet, accessible, numbers as in the results`,
      async () => {
        const opened = await browser.open(name, renderHtml({ results, figures: figuresFor(results) }), view);
        const { page } = opened;
        await assertCells(page, results);
        const drawn = await page.locator('svg.plot:visible').count();
        const figures = await page.locator('figure:visible').count();
        assert.ok(figures > 0);
        assert.is(drawn, figures);
        const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        assert.is(background, colorScheme === 'dark' ? 'rgb(18, 20, 23)' : 'rgb(251, 251, 249)');
        await browser.picture(page, `${name}-${width}-${colorScheme}`);
        await assertQuiet(opened, width);
        if ((width === 390) === (name === 'troubled')) assert.equal(await seriousViolations(page), []);
        await assertNumbers(page, results);
        await page.close();
      },
    );
  }
}

check(
  'tables of where shifts come from are never cut off: columns where there is room, cards where there is none',
  async () => {
    const [kernel, runtime] = [
      { design: 'sliced', restNs: 40_000, partSdNs: 4_000 } as const,
      { loopless: 'work' } as const,
    ];
    const [results, other] = [analyse(vantageStudy(kernel)), analyse(vantageStudy(runtime))];
    const decomposition = [...(results.decomposition ?? []), ...(other.decomposition ?? [])];
    const html = renderHtml({ results: { ...results, decomposition }, figures: [] });
    const overflows = "[...document.querySelectorAll('.cards')].map((one) => one.scrollWidth - one.clientWidth)";
    const isCut = "[...document.querySelectorAll('.cards td')].some((one) => one.scrollWidth > one.clientWidth + 1)";
    for (const width of [390, 999, 1000, 1200, 1440]) {
      const opened = await browser.open('parts', html, { width, colorScheme: 'light' });
      assert.equal(await opened.page.evaluate(overflows), [0, 0, 0, 0], `${width} px`);
      assert.is(await opened.page.evaluate(isCut), false, `${width} px`);
      assert.is((await opened.page.locator('.cards thead:visible').count()) > 0, width >= 1000);
      await assertQuiet(opened, width);
      if (width === 390) assert.equal(await seriousViolations(opened.page), []);
      await opened.page.close();
    }
  },
);

check('tabs by keyboard: the arrow keys choose a figure, and only its panel is shown', async () => {
  const results = goodResults();
  const { page } = await browser.open('tabs', renderHtml({ results, figures: figuresFor(results) }), VIEWS[2]!);
  const tabs = page.locator('.tabs').first();
  const panels = tabs.locator('.panel:visible');
  await tabs.locator('> input').first().focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
  assert.is(await panels.count(), 1);
  assert.match((await panels.locator('figure').first().getAttribute('id')) ?? '', /-ecdf-client$/);
  const names = await tabs.locator('> label').allInnerTexts();
  assert.is(names.length, new Set(names).size);
  assert.is(names.length, await tabs.locator('.panel').count());
  await page.close();
});

check('prints to PDF: every tab under its heading, every fold open, nothing cut off', async () => {
  const results = goodResults();
  const { page } = await browser.open('print', renderHtml({ results, figures: figuresFor(results) }), VIEWS[2]!);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 688, height: 1000 });
  assert.is(await page.evaluate('document.documentElement.scrollWidth'), 688);
  assert.is(await page.locator('.panel:visible').count(), await page.locator('.panel').count());
  const folded = await page.evaluate(
    "[...document.querySelectorAll('details table')].filter((one) => one.getBoundingClientRect().height < 20).length",
  );
  assert.is(folded, 0);
  const pdf = await page.pdf({ format: 'A4', path: browser.pathFor('report.pdf') });
  assert.is(pdf.subarray(0, 5).toString(), '%PDF-');
  await page.close();
});

test.run();
