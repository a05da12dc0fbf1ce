// What the page adds to a comparison; the comparison itself is tested where it lives.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { compareStudies } from '../../../controller/compare/index.ts';
import { sideBySide } from '../../../controller/web/side-by-side.ts';
import { forked } from '../../helpers/pairs.ts';

const test = suite('side by side');

test('it is the comparison of hookbench compare', () => {
  const [a, b] = [forked('a'), forked('b', 400)];
  assert.equal(sideBySide(a, b).comparison, compareStudies(a, b));
  assert.throws(() => sideBySide(a, a), /not independent of itself/);
});

test('each study has its nodes, each kernel once, and how its A/A went', () => {
  const a = forked('a');
  const [node] = a.nodes;
  const b: Results = {
    ...forked('b'),
    nodes: [node!, { ...node!, id: 'node-2' }, { ...node!, id: 'node-3', kernel: '6.99' }],
    aa: { ...a.aa, passed: false, comparisons: [] },
  };
  const both = sideBySide(a, b);
  assert.equal(both.a, { nodes: [node!.id], kernels: [node!.kernel], aaPassed: a.aa.passed });
  assert.equal(both.b.nodes, [node!.id, 'node-2', 'node-3']);
  assert.equal(both.b.kernels, [node!.kernel, '6.99']);
  assert.is(both.b.aaPassed, null, 'none was measured');
});

test.run();
