import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { renderJson } from '../../../controller/report/index.ts';
import { goodResults } from '../../helpers/results.ts';
import { troubledResults } from '../../helpers/results-variants.ts';

const test = suite('report/json');

test('nothing is lost or changed', () => {
  for (const results of [goodResults(), troubledResults()]) assert.equal(JSON.parse(renderJson(results)), results);
});

test('the order of keys does not depend on how the object was built', () => {
  const results = goodResults();
  const turned = Object.fromEntries(Object.entries(results).reverse()) as unknown as Results;
  assert.is(renderJson(turned), renderJson(results));
  assert.ok(renderJson(results).startsWith('{\n  "schema": "hookbench.results/v1"'));
});

test('a non-finite number is refused with its path', () => {
  const good = goodResults();
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const comparisons = good.comparisons.map((c, i) => (i === 2 ? { ...c, welch: { ...c.welch, t: bad } } : c));
    assert.throws(() => renderJson({ ...good, comparisons }), /results\.comparisons\[2\]\.welch\.t is (NaN|Infinity)/);
  }
});

test('what JSON would drop or change silently is refused too', () => {
  const broken = { ...goodResults(), nodes: new Uint32Array(2) } as unknown as Results;
  assert.throws(() => renderJson(broken), /results\.nodes/);
});

test.run();
