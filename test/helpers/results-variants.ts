/** The study of test/helpers/results.ts with one thing or another broken. */

import type { Comparison, Results } from '../../controller/analysis/results.ts';
import { goodResults } from './results.ts';
import { shifted } from './results-parts.ts';

/** A/A failed, one comparison invalid with loss and missed reads, one without an estimate, one implausible; interrupted. */
export function troubledResults(): Results {
  const good = goodResults();
  const broken = good.comparisons.map((c, i): Comparison => {
    if (i === 0)
      return {
        ...c,
        verdict: 'invalid',
        flags: [
          ...c.flags,
          { code: 'parity-miss', detail: '1,204 of 46,000 reads were not seen by the hook' },
          { code: 'lost-samples', detail: 'ring overwrote 311 samples' },
        ],
      };
    if (i === 1)
      return {
        ...c,
        block: null,
        shifts: { p50: null, mean: null, p99: null },
        byPayload: { hit: null, noHit: null },
        minimumDetectableNs: null,
        requiredSamples: null,
        verdict: 'invalid',
        sentence: 'bpftrace on java-hello was cut off after 1 block: no estimate.',
        flags: [{ code: 'incomplete', detail: 'ended after 1 of 40 blocks' }],
      };
    if (i === 2)
      return {
        ...c,
        ...shifted(-910, 240),
        verdict: 'implausible',
        sentence: 'node-hello answered 910 ns faster with ld-preload: a hook cannot do that.',
        flags: [
          { code: 'negative-overhead', detail: 'significantly below zero: something else changed between the arms' },
        ],
      };
    return c;
  });
  return {
    ...good,
    study: { ...good.study, status: 'interrupted' },
    comparisons: broken,
    aa: {
      ...good.aa,
      passed: false,
      sentence: 'None against none differs on java-hello (sliced): +2.1 µs [+0.4, +3.8].',
    },
    parity: good.parity.map((row, i) =>
      i === 0 ? { ...row, seenReads: 44_796, seenBytes: 3_897_252, ratio: 0.97383, ok: false } : row,
    ),
    loss: good.loss.map((row, i) => (i === 0 ? { ...row, received: 45_689, lost: 311 } : row)),
    warnings: [
      ...good.warnings,
      {
        code: 'interrupted',
        detail: 'Ctrl-C after 61 s: the results so far are kept. Run the command again for the rest.',
      },
    ],
  };
}

/** Two imported CSVs: sequential, no A/A, no block estimate. */
export function sequentialResults(): Results {
  const good = goodResults();
  const first = good.comparisons[0] as Comparison;
  return {
    ...good,
    study: { ...good.study, suts: [first.sut], mechanisms: ['none', 'ld-preload'], forks: 1, blocks: 1 },
    comparisons: [
      {
        ...first,
        design: 'sequential',
        block: null,
        shifts: { p50: null, mean: null, p99: null },
        byPayload: { hit: null, noHit: null },
        minimumDetectableNs: null,
        requiredSamples: null,
        verdict: 'invalid',
        sentence: 'The arms ran one after the other: hook and time can’t be told apart.',
        flags: [{ code: 'arms-not-interleaved', detail: 'baseline 15:30, hook 15:35' }],
      },
    ],
    aa: { passed: false, sentence: 'No A/A arm: imported data has one run per arm.', comparisons: [] },
    parity: [],
    loss: [],
    inside: [],
  };
}

/** The good study with text that tries to break out of every renderer. */
export function hostileResults(hostile: string): Results {
  const text = JSON.stringify(goodResults()).replaceAll('java-hello', JSON.stringify(hostile).slice(1, -1));
  const results = JSON.parse(text) as Results;
  return {
    ...results,
    study: { ...results.study, command: hostile, id: hostile },
    warnings: [{ code: hostile, detail: hostile }],
  };
}
