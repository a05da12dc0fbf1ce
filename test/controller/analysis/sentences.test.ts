import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BlockEstimate } from '../../../controller/analysis/results.ts';
import { sentenceOf, type Told } from '../../../controller/analysis/sentences.ts';

const test = suite('analysis: sentences');

function told(o: { estimateNs: number; lowNs: number; highNs: number; pHolm: number }): Told {
  const block: BlockEstimate = { ...o, p: o.pHolm / 6, confidence: 0.95, units: 6, unit: 'fork', blocks: 24, forks: 6 };
  return { treated: 'ld-preload', vantage: 'client', block, minimumDetectableNs: 1750, flags: [] };
}

test('an interval that leaves 0 out without a finding says why it is none', () => {
  const sentence = (o: Parameters<typeof told>[0]) =>
    sentenceOf('no-detectable-difference', told(o), 'clean', null, false);
  assert.match(
    sentence({ estimateNs: 1770, lowNs: 490, highNs: 3050, pHolm: 0.083 }),
    /1\.77 µs \[0\.49, 3\.05\] \(0 lies outside, but not once corrected for the other comparisons: Holm's p = 0\.08/,
  );
  assert.match(sentence({ estimateNs: -900, lowNs: -1800, highNs: -10, pHolm: 0.2 }), /0 lies outside/);
  assert.not.match(sentence({ estimateNs: 900, lowNs: -100, highNs: 1900, pHolm: 0.3 }), /outside/);
});

test.run();
