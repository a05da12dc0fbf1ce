import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Results } from '../../../controller/analysis/results.ts';
import {
  formatEstimate,
  renderCsv,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderTerminal,
} from '../../../controller/report/index.ts';
import { vantageStudy } from '../../helpers/vantage-study.ts';

const test = suite('report/decomposition');

const study = vantageStudy({ restNs: 4_000 });
const results = analyse(study);
const blind = analyse({ ...study, batches: study.batches.filter(({ vantage }) => vantage !== 'interposer') });
const unwrapped = (text: string) => text.replace(/\s+/g, ' ');
const terminal = (of: Results, columns: number, verbose = true) =>
  renderTerminal(of, { columns, color: false, verbose });
const sentences = [...(results.decomposition ?? []), ...(results.microMacro ?? [])].map(({ sentence }) => sentence);

test('the terminal has every sentence with --verbose, none without, and stays within its width', () => {
  assert.is(sentences.length, 3);
  const text = unwrapped(terminal(results, 100));
  for (const sentence of sentences) assert.ok(text.includes(sentence), sentence);
  for (const sentence of sentences) assert.not.ok(unwrapped(terminal(results, 100, false)).includes(sentence));
  for (const columns of [40, 80])
    assert.ok(
      terminal(results, columns)
        .split('\n')
        .every((line) => [...line].length <= columns),
    );
});

test('HTML has each part with its interval, in a table and in a figure, and the sentences', () => {
  const page = renderHtml({ results, figures: [] });
  assert.match(page, /<a href="#parts"/);
  assert.match(page, /Where the shifts of java-hello come from/);
  for (const { shift, own, dispatch, call, rest } of results.decomposition ?? [])
    for (const part of [shift, own, dispatch, call, rest])
      if (part.estimateNs !== null) assert.ok(page.includes(formatEstimate(part).interval));
  for (const sentence of sentences) assert.ok(page.includes(sentence.replaceAll("'", '&#39;')), sentence);
});

test('a part that is not known is said to be so, with the reason, and never a number', () => {
  const page = renderHtml({ results: blind, figures: [] });
  assert.match(page, />not known<[\s\S]*not told apart \(the hook has no clock of its own\)/);
  assert.match(unwrapped(terminal(blind, 100)), /not told apart \(the hook has no clock of its own\)/);
  assert.is(cellOf(blind, 'own_ns'), '');
  assert.is(cellOf(blind, 'own_by'), '');
  assert.is.not(cellOf(blind, 'call_ns'), '');
});

test('own work alone: the page, the figure and CSV have it beside all that is beyond it', () => {
  const own = analyse(vantageStudy({ loopless: 'work' }));
  const row = own.decomposition?.[0];
  assert.ok(row?.beyondOwn && row.beyondOwn.estimateNs !== null);
  const page = renderHtml({ results: own, figures: [] });
  assert.match(page, /with the way into it/);
  assert.match(page, /the way into it and the rest</);
  assert.ok(page.includes(formatEstimate(row.beyondOwn).interval));
  assert.is(Number(cellOf(own, 'beyond_own_ns')), row.beyondOwn.estimateNs);
  assert.is(cellOf(own, 'own_by'), 'work-clock');
});

test('CSV and JSON have the unrounded numbers, Markdown the sentences', () => {
  const row = results.decomposition?.find(({ sut }) => sut === 'java-hello');
  assert.ok(row);
  for (const name of ['own', 'dispatch', 'call', 'rest'] as const) {
    const part = row[name];
    assert.is(Number(cellOf(results, `${name}_ns`)), part.estimateNs);
    assert.is(Number(cellOf(results, `${name}_low_ns`)), part.estimateNs === null ? null : part.lowNs);
  }
  assert.is(cellOf(results, 'reads_per_request'), '2');
  assert.equal(JSON.parse(renderJson(results)).decomposition, results.decomposition);
  assert.equal(JSON.parse(renderJson(results)).microMacro, results.microMacro);
  for (const title of ['Where the shifts come from (3)']) assert.ok(renderMarkdown(results).includes(title));
});

/** of the row of java-hello; no quoted field stands before the columns asked for but the sentence, which is taken out */
function cellOf(of: Results, column: string): string {
  const [head = '', ...rows] = renderCsv(of).split('\r\n');
  const row = rows.find((line) => line.includes('java-hello,')) ?? '';
  return row.replace(/"(?:[^"]|"")*"/g, 'quoted').split(',')[head.split(',').indexOf(column)] ?? 'no such column';
}

test.run();
