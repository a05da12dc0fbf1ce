/** A report in a real browser: opened from disk, watched for complaints and requests, looked through by axe. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { Comparison, Results } from '../../../controller/analysis/results.ts';
import { formatDuration, formatEstimate } from '../../../controller/report/index.ts';
import { sutViews, treatedMechanisms } from '../../../controller/report/model.ts';
import { VERDICT_WORDS } from '../../../controller/report/words.ts';

const PICTURES = join(import.meta.dirname, '../../../test-output/report');
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

export interface View {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}

export const VIEWS: readonly View[] = [390, 1440].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

/** one of each width and scheme, where the study is what is looked at */
export const TWO_VIEWS: readonly View[] = [
  { width: 390, colorScheme: 'dark' },
  { width: 1440, colorScheme: 'light' },
];

export interface OpenPage {
  readonly page: Page;
  readonly url: string;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  /** from the call to the page's load event */
  readonly openedMs: number;
}

/** One browser for a test file, launched by the first page: uvu passes over a failing hook. */
export class ReportBrowser {
  readonly folder = mkdtempSync(join(tmpdir(), 'hookbench-report-'));
  /** pictures and PDFs, for people to look at: every one that a test makes is kept until the next run */
  readonly pictures = process.env.HOOKBENCH_SCREENSHOTS ?? PICTURES;
  private launched: Promise<Browser> | undefined;

  async open(name: string, html: string, { width, colorScheme }: View): Promise<OpenPage> {
    const file = join(this.folder, `${name}.html`);
    writeFileSync(file, html);
    this.launched ??= chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    const page = await (await this.launched).newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    const url = pathToFileURL(file).href;
    const begun = performance.now();
    await page.goto(url);
    return { page, url, complaints, requests, openedMs: performance.now() - begun };
  }

  pathFor(name: string): string {
    mkdirSync(this.pictures, { recursive: true });
    return join(this.pictures, name);
  }

  async picture(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: this.pathFor(`${name}.png`), fullPage: true });
  }

  async close(): Promise<void> {
    await (await this.launched)?.close();
    if (this.launched !== undefined) process.stdout.write(`pictures: ${this.pictures}\n`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Nothing asked for but the file, nothing complained about, nothing wider than the window. */
export async function assertQuiet({ page, url, complaints, requests }: OpenPage, width: number): Promise<void> {
  assert.is(await page.evaluate('document.documentElement.scrollWidth'), width);
  assert.equal(complaints, []);
  assert.equal(requests, [url]);
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds serious or critical, with the first element of each; changes the page. Every tab and every fold is looked into. A drawing is one
 * picture to a screen reader, so that of it only name and description are looked at: its thousand marks take axe minutes. */
export async function seriousViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  await page.evaluate("document.querySelectorAll('.panel').forEach((one) => { one.style.display = 'block'; })");
  await page.evaluate("document.querySelectorAll('svg > :not(title):not(desc)').forEach((one) => one.remove())");
  await page.evaluate(axe);
  const run = "axe.run(document, { resultTypes: ['violations'] })";
  const { violations } = (await page.evaluate(run)) as { readonly violations: readonly Violation[] };
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return bad.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
}

/** Every cell of the matrix shows its comparison's shift with interval, exactly and as people read it, its base and its verdict. */
export async function assertCells(page: Page, results: Results): Promise<void> {
  const groups = sutViews(results).flatMap((view) => view.groups);
  const split = groups.length > 4;
  const tables = split ? sutViews(results).map((view) => view.groups) : [groups];
  const expected = tables.flatMap((columns) =>
    treatedMechanisms(results).flatMap((mechanism) =>
      columns.map((group) => group.comparisons.filter((c) => c.treated === mechanism)),
    ),
  );
  const cells = (await page.evaluate(CELLS)) as readonly { readonly text: string; readonly exact: readonly number[] }[];
  assert.is(cells.length, expected.length);
  assert.ok(cells.length > 0, 'the matrix has cells');
  for (const [i, { text, exact }] of cells.entries()) {
    const own = expected[i] as readonly Comparison[];
    assert.equal(
      exact,
      own.flatMap((c) => c.shifts.p50?.estimateNs ?? []),
    );
    for (const part of own.flatMap(shown)) assert.ok(text.includes(part), `${part} in ${text}`);
    if (own.length === 0) assert.match(text, /n\/a \(not measured\)/);
  }
}

const CELLS = `[...document.querySelectorAll('.matrix td')].map((cell) => ({
  text: cell.innerText,
  exact: [...cell.querySelectorAll('data.estimate')].map((one) => Number(one.value)),
}))`;

function shown(c: Comparison): readonly string[] {
  const shift = c.shifts.p50 === null ? null : formatEstimate(c.shifts.p50);
  const numbers = shift === null ? ['n/a ('] : [shift.value, shift.interval];
  return [...numbers, formatDuration(c.baselineStats.p50Ns), VERDICT_WORDS[c.verdict].word];
}

/** Every number of the results' shifts and arms is on the page in exact ns; a missing one is said to be. */
export async function assertNumbers(page: Page, results: Results): Promise<void> {
  const shownValues = await page.evaluate("[...document.querySelectorAll('data')].map((one) => one.value)");
  const values = new Set(shownValues as readonly string[]);
  for (const c of results.comparisons) {
    for (const e of [...Object.values(c.shifts), ...Object.values(c.byPayload)]) {
      if (e === null) continue;
      for (const value of [`${e.estimateNs}`, `${e.lowNs} ${e.highNs}`]) assert.ok(values.has(value), value);
    }
    for (const stats of [c.baselineStats, c.treatedStats]) {
      const { meanNs, sdNs, p25Ns, p50Ns, p75Ns, p95Ns, p99Ns, p999Ns, maxNs, tukeyLowNs, tukeyHighNs } = stats;
      const all = { meanNs, sdNs, p25Ns, p50Ns, p75Ns, p95Ns, p99Ns, p999Ns, maxNs, tukeyLowNs, tukeyHighNs };
      for (const [name, value] of Object.entries(all)) assert.ok(values.has(`${value}`), `${name} ${value}`);
    }
  }
}
