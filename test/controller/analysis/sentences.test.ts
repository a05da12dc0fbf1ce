import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BlockEstimate, Verdict } from '../../../controller/analysis/results.ts';
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

test('each of the five verdicts says what was found, where, with its interval, and on what it rests', () => {
  const say = (verdict: Verdict, o: Partial<Told> = {}, marginNs: number | null = null) =>
    sentenceOf(
      verdict,
      { ...told({ estimateNs: 210, lowNs: 170, highNs: 260, pHolm: 0.001 }), ...o },
      'clean',
      marginNs,
      false,
    );
  assert.is(
    say('overhead'),
    "ld-preload adds 0.21 µs [0.17, 0.26] to the client's median; A/A is clean; 6 forks × 4 blocks.",
  );
  assert.is(
    say('no-detectable-difference', told({ estimateNs: 10, lowNs: -40, highNs: 60, pHolm: 0.7 })),
    "ld-preload: no difference found at the client's median, 0.01 µs [−0.04, 0.06]; a true shift of 1.75 µs would be found 4 times in 5, other comparisons aside; A/A is clean; 6 forks × 4 blocks.",
  );
  assert.is(
    say('equivalent', {}, 1000),
    "ld-preload changes the client's median by less than the stated margin of 1.00 µs: 0.21 µs [0.17, 0.26]; A/A is clean; 6 forks × 4 blocks.",
  );
  assert.is(
    say('implausible', told({ estimateNs: -210, lowNs: -260, highNs: -170, pHolm: 0.001 })),
    "ld-preload seems to change the client's median by −0.21 µs [−0.26, −0.17] (Holm's p = 0.001): a hook can't make anything faster, so something else differs between the arms; A/A is clean; 6 forks × 4 blocks.",
  );
  const flags = [
    { code: 'drift', detail: 'It drifts.' },
    { code: 'lost-samples', detail: 'Samples were lost: 7 at ring.' },
  ] as const;
  assert.is(say('invalid', { flags }), 'No claim about ld-preload: Samples were lost: 7 at ring.');
});

test('each verdict about sequential arms adds that their order was not random', () => {
  const block = { ...(told({ estimateNs: 210, lowNs: 170, highNs: 260, pHolm: 0.001 }).block as BlockEstimate) };
  const run: Told = {
    ...told({ estimateNs: 210, lowNs: 170, highNs: 260, pHolm: 0.001 }),
    block: { ...block, unit: 'effective-request', units: 1763, statistic: 'mean' },
  };
  for (const verdict of ['overhead', 'implausible', 'equivalent', 'no-detectable-difference'] as const) {
    const sentence = sentenceOf(verdict, run, 'clean', 1000, false);
    assert.match(sentence, /client's mean/, verdict);
    assert.match(sentence, /0\.21 µs \[0\.17, 0\.26\]/, verdict);
    assert.match(sentence, /worth 1,763 independent ones; .*no random order.*cannot be told from drift\.$/, verdict);
  }
  const flags = [{ code: 'aa-failed', detail: 'Halves differ.' }] as const;
  assert.match(sentenceOf('invalid', { ...run, flags }, 'failed', null, false), /^No claim .*mean: Halves differ\.$/);
});

test.run();
