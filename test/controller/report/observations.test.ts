import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { renderChecks, renderHtml, renderJson, renderMarkdown } from '../../../controller/report/index.ts';
import { goodResults } from '../../helpers/results.ts';
import { at, SEEN, unseen } from '../analysis/observation-fixture.ts';
import { figuresFor } from './figure-fixture.ts';

const test = suite('report: what was observed');

const limits = { ...SEEN.limits, ioPressureShare: unseen('no "PSI" <here>'), memoryEvents: at(1204) };
const results = { ...goodResults(), observations: [SEEN, { ...SEEN, sut: 'node-hello', limits }] };
const html = (some: Results) => renderHtml({ results: some, figures: figuresFor(some) });

test('html: a row for each place, exact shares, and no number where nobody saw one', () => {
  const text = html(results);
  const table = text.split('aria-label="What was seen while it was measured"')[1]?.split('</table>')[0] ?? '';
  const rows = table.split('<tr>').slice(2);
  assert.equal(
    rows.map((row) => /<th scope="row">([^<]*)<span class="sub">2 forks</.exec(row)?.[1]),
    ['java-hello', 'node-hello'],
  );
  const cells = rows.map((row) => [...row.matchAll(/<td class="num">(.*?)<\/td>/g)].map(([, cell]) => cell));
  assert.is(cells[0]?.length, 7);
  assert.is(cells[0]?.[1], '<data value="0.02">2.0 %</data>');
  assert.is(cells[0]?.[4], '<data value="0">0.0 %</data>, <data value="0.001">0.1 %</data>');
  assert.is(cells[0]?.[5], '<data value="0.02">2.0 %</data>, <data value="0.01">1.0 %</data>');
  const unseenCell = '<span class="missing" title="no &quot;PSI&quot; &lt;here&gt;">–</span>';
  assert.is(cells[1]?.[4], `<data value="0">0.0 %</data>, ${unseenCell}`);
  assert.is(cells[1]?.[6], '<data value="1204">1,204</data>');
  assert.not.match(html(goodResults()), /What was seen while it was measured/);
});

test('html and terminal: a line for each part of the evidence, and a number stays beside its %', () => {
  const evidence = 'java-hello: steal 0.1 %, foreign CPU 2.0 %; node-hello: steal 0.3 %, foreign CPU 22.75 %';
  const some: Results = { ...results, recommendations: [{ id: 'R4', status: 'met', evidence }] };
  assert.match(html(some), /foreign CPU 2\.0 %;<br>node-hello: steal/);
  const lines = renderChecks(some, { columns: 46, color: false }).split('\n');
  assert.equal(lines.slice(1, 5), [
    '    java-hello: steal 0.1 %, foreign CPU',
    '      2.0 %;',
    '    node-hello: steal 0.3 %, foreign CPU',
    '      22.75 %',
  ]);
});

test('markdown: the ten recommendations folded away, escaped, with how many are met', () => {
  const evidence = 'a | b <img> `x`';
  const some: Results = {
    ...results,
    recommendations: [...results.recommendations, { id: 'R9', status: 'met', evidence }],
  };
  const text = renderMarkdown(some);
  assert.match(text, /<summary>The paper's recommendations: 7 of 11 met<\/summary>/);
  assert.match(text, /\n- ✕ not met \*\*R4 No shared, multi-tenant cluster\*\*: virtualised/);
  assert.ok(text.includes(': a \\| b &lt;img&gt; \\`x\\`'));
  assert.not.match(renderMarkdown({ ...results, recommendations: [] }), /recommendations:/);
});

test('json: observations stand before the recommendations, what was not seen is null with its reason', () => {
  const text = renderJson(results);
  assert.ok(text.indexOf('"observations"') < text.indexOf('"recommendations"'));
  const [, second] = (JSON.parse(text) as Results).observations ?? [];
  assert.equal(second?.limits.ioPressureShare, { value: null, why: 'no "PSI" <here>' });
});

test.run();
