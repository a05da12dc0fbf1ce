import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LatencyCounts } from '../../../controller/live/latency-counts.ts';
import { quantile } from '../../../controller/stats/quantile.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { random } from '../../helpers/random.ts';

const test = suite('latency counts');

test('a quantile is within 0.4 % of the exact one, from nanoseconds to seconds', () => {
  const draw = random(7);
  for (const scale of [1, 50, 900, 60_000, 4_000_000, 2_000_000_000]) {
    const values = Uint32Array.from({ length: 20_001 }, () => Math.round(scale * (1 + draw.uniform())));
    const counts = new LatencyCounts();
    for (const value of values) counts.add(value);
    const sorted = sortedCopy(values);
    assert.is(counts.n, values.length);
    for (const q of [0, 0.05, 0.5, 0.95, 1]) {
      const exact = quantile(sorted, q);
      const seen = counts.quantileNs(q) ?? Number.NaN;
      assert.ok(Math.abs(seen - exact) <= 0.004 * exact + 1e-9, `${scale} ${q}: ${seen} for ${exact}`);
    }
  }
});

test('values below 128 ns and the largest are exact or nearly so, and nothing gives nothing', () => {
  for (const value of [0, 1, 127, 128, 255, 256, 2 ** 31, 2 ** 32 - 1]) {
    const counts = new LatencyCounts();
    counts.add(value, 3);
    assert.is(counts.n, 3);
    const seen = counts.quantileNs(0.5) ?? Number.NaN;
    assert.ok(Math.abs(seen - value) <= 0.004 * value, `${seen} for ${value}`);
  }
  assert.is(new LatencyCounts().quantileNs(0.5), null);
});

test.run();
