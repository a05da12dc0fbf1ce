import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { differenceOf, sideBySide } from '../../../controller/web/side-by-side.ts';
import { goodResults } from '../../helpers/results.ts';

const test = suite('side by side');

test('half-widths of 3 and 4 give one of 5 around the difference', () => {
  const a = { estimateNs: 100, lowNs: 97, highNs: 103 };
  const b = { estimateNs: 130, lowNs: 126, highNs: 134 };
  assert.equal(differenceOf(a, b), { estimateNs: 30, lowNs: 25, highNs: 35 });
  assert.equal(differenceOf(b, a), { estimateNs: -30, lowNs: -35, highNs: -25 });
});

test('cells are joined; one that is in one study only has no difference', () => {
  const a = goodResults();
  const [first, ...others] = a.comparisons;
  const b = { ...a, comparisons: others };
  const { rows } = sideBySide(a, b);
  assert.is(rows.length, a.comparisons.length);
  const lone = rows.filter((row) => row.b === null);
  assert.equal(
    [lone.length, lone[0]?.treated, lone[0]?.sut, lone[0]?.difference],
    [1, first?.treated, first?.sut, null],
  );
  for (const row of rows.filter(({ difference }) => difference !== null)) assert.is(row.difference?.estimateNs, 0);
});

test('one node each may have different names; several are told apart by theirs', () => {
  const renamed = (results: Results, name: string): Results => ({
    ...results,
    nodes: results.nodes.map((node) => ({ ...node, id: name })),
    comparisons: results.comparisons.map((one) => ({ ...one, node: name })),
  });
  const a = goodResults();
  const b = renamed(a, 'other-cluster');
  const joined = sideBySide(a, b).rows;
  assert.is(joined.length, a.comparisons.length);
  assert.ok(joined.every(({ node, difference }) => node === '' && difference !== null));
  const two = { ...b, nodes: [...a.nodes, ...b.nodes] };
  assert.ok(sideBySide(a, two).rows.every(({ difference }) => difference === null));
});

test.run();
