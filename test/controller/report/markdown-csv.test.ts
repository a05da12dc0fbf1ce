import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatEstimate, renderCsv, renderMarkdown } from '../../../controller/report/index.ts';
import { goodResults } from '../../helpers/results.ts';
import { hostileResults, sequentialResults, troubledResults } from '../../helpers/results-variants.ts';

const test = suite('report/markdown and csv');

test('markdown: one row per comparison with every shift', () => {
  const results = goodResults();
  const text = renderMarkdown(results);
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| SUT'));
  assert.is(rows.length, results.comparisons.length);
  for (const [i, c] of results.comparisons.entries()) {
    for (const shift of Object.values(c.shifts))
      assert.ok(shift !== null && rows[i]?.includes(formatEstimate(shift).text));
  }
});

test('markdown: null is n/a with a reason; status and A/A are said', () => {
  assert.match(renderMarkdown(sequentialResults()), /n\/a \(arms not interleaved\)/);
  const text = renderMarkdown(troubledResults());
  assert.match(text, /\*\*This study was interrupted\.\*\*/);
  assert.match(text, /A\/A ✕/);
});

test('markdown: study text makes no markup, mention, row or end of the code block', () => {
  const text = renderMarkdown(hostileResults('<img src=x> | @someone `x`\n```\n# h [a](b)'));
  const outside = text.replace(/^`{4}sh\n[\s\S]*?\n`{4}$/m, '');
  assert.not.match(outside, /<img/);
  assert.not.match(outside, /@someone/);
  assert.not.match(outside, /\]\(b/);
  assert.is(text.split('\n').filter((line) => line.startsWith('````')).length, 2);
  const cells = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.replaceAll('\\|', '').split('|').length);
  assert.is(new Set(cells).size, 1);
});

test('csv: a row per comparison, exact numbers, empty where there is none', () => {
  const results = troubledResults();
  const [header = '', ...lines] = renderCsv(results).trimEnd().split('\r\n');
  const names = header.split(',');
  assert.is(lines.length, results.aa.comparisons.length + results.comparisons.length);
  const row = (i: number) => (lines[results.aa.comparisons.length + i] ?? '').split(',');
  const at = (i: number, name: string) => row(i)[names.indexOf(name)];
  assert.is(at(0, 'shift_p50_ns'), String(results.comparisons[0]?.shifts.p50?.estimateNs));
  assert.is(at(0, 'treated_p99_ns'), String(results.comparisons[0]?.treatedStats.p99Ns));
  assert.is(at(1, 'shift_p50_ns'), '');
  assert.is(at(1, 'no_estimate_because'), 'incomplete');
  assert.is(row(1).length >= names.length, true);
});

test('csv: the header stands also without a comparison', () => {
  const good = goodResults();
  const text = renderCsv({ ...good, comparisons: [], aa: { ...good.aa, comparisons: [] } });
  assert.is(text.split('\r\n').length, 2);
  assert.match(text, /^study,aa,sut,/);
});

test('csv: quotes, commas and newlines are kept in their field, formulas are defused', () => {
  const text = renderCsv(hostileResults('=1+1,"x"\ny'));
  assert.ok(text.includes('"\'=1+1,""x""\ny"'));
});

test.run();
