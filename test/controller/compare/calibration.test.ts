/** How often compare claims what is not there, and how often its interval holds the truth. Fixed seeds, loose bounds. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { compareStudies } from '../../../controller/compare/index.ts';
import { meanInterval } from '../../../controller/stats/mean-interval.ts';
import { analysed, forked } from '../../helpers/pairs.ts';
import { type Random, random } from '../../helpers/random.ts';

const test = suite('compare/calibration');

const PAIRS = 40;
/** process starts differ, requests are correlated, and the studies are of unequal size */
const SHAPE = { blocks: 3, perBlock: 12, warmup: 0, instanceSdNs: 1_500, forkShiftSdNs: 800, lag1: 0.3 } as const;

/** @param moreNs what each hook costs more in B */
function pairs(moreNs: number) {
  const shifts = (more: number) => ({ preloadShiftNs: 3_000 + more, bpftraceShiftNs: 6_000 + more });
  const a = { ...SHAPE, ...shifts(0), forks: 5 };
  const b = { ...SHAPE, ...shifts(moreNs), forks: 7 };
  return Array.from({ length: PAIRS }, (_, i) =>
    compareStudies(analysed('a', { ...a, seed: 11_000 + i }), analysed('b', { ...b, seed: 52_000 + i })),
  );
}

test('over many pairs with unequal forks and variances: coverage 95 %, six cells claim one in 5 % at most', () => {
  const draw = random(4711);
  const many = 200;
  let covered = 0;
  let claims = 0;
  for (let i = 0; i < many; i++) {
    const { cells } = compareStudies(drawn('a', 4, 300, draw), drawn('b', 9, 900, draw));
    covered += cells.filter(({ difference: d }) => d.lowNs <= 0 && d.highNs >= 0).length / cells.length;
    claims += cells.some(({ verdict }) => verdict !== 'no-detectable-difference') ? 1 : 0;
  }
  // sd of the first 0.007, of the second 0.015; with 1,500 pairs it was 95.5 % and 4.2 %
  assert.ok(Math.abs(covered / many - 0.95) < 0.02, `covered ${covered / many}`);
  assert.ok(claims / many > 0.015 && claims / many < 0.085, `claims in ${claims / many}`);
});

/** six cells whose forks' shifts are normal about 1 µs */
function drawn(id: string, forks: number, sdNs: number, draw: Random): Results {
  const results = forked(id);
  const comparisons = results.comparisons.map((c) => {
    const units = Float64Array.from({ length: forks }, () => 1_000 + sdNs * draw.normal());
    const { mean: estimateNs, low: lowNs, high: highNs, p } = meanInterval(units, 0.95);
    const p50 = { estimateNs, lowNs, highNs, p, confidence: 0.95, units: forks, unit: 'fork' } as const;
    return { ...c, shifts: { ...c.shifts, p50 } };
  });
  return { ...results, comparisons };
}

test('no difference: some 5 % of comparisons claim one anywhere, and intervals hold 0 in some 95 %', () => {
  const seen = pairs(0).filter(({ cells }) => cells.length > 0);
  const cells = seen.flatMap((one) => one.cells);
  assert.ok(cells.length > 1.6 * PAIRS, `${cells.length} cells`);
  const claims = seen.filter((one) => one.cells.some(({ verdict }) => verdict !== 'no-detectable-difference')).length;
  const covered = cells.filter(({ difference: d }) => d.lowNs <= 0 && d.highNs >= 0).length / cells.length;
  // binomial, 40 of 0.05: sd 0.035; some 75 cells of 0.95: sd 0.025
  assert.ok(claims / seen.length < 0.14, `${claims} of ${seen.length} comparisons claim a difference`);
  assert.ok(covered > 0.87, `covered ${covered}`);
});

test('a true difference: intervals hold it in some 95 %, it is found, and never with the wrong sign', () => {
  const trueNs = 4_000;
  const cells = pairs(trueNs).flatMap((one) => one.cells);
  const covered = cells.filter(({ difference: d }) => d.lowNs <= trueNs && d.highNs >= trueNs).length / cells.length;
  const of = (wanted: string) => cells.filter(({ verdict }) => verdict === wanted).length / cells.length;
  assert.ok(covered > 0.87, `covered ${covered}`);
  assert.ok(of('larger') > 0.5, `found in ${of('larger')}`);
  assert.is(of('smaller'), 0);
});

test.run();
