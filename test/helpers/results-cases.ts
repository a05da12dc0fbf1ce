/** What test/helpers/results.ts compares: six comparisons with round numbers near limits.md's, and their A/A rows. */

import type { Design, Flag, Verdict } from '../../controller/analysis/results.ts';

export const PLACE = { condition: 'process', node: 'node-1' } as const;
export const SUTS = ['java-hello', 'node-hello', 'read-loop'] as const;

export interface Case {
  readonly sut: (typeof SUTS)[number];
  readonly treated: string;
  readonly design: Design;
  readonly baseNs: number;
  readonly sdNs: number;
  readonly shiftNs: number;
  readonly halfNs: number;
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly flags?: readonly Flag[];
}

const AUTOCORRELATED = (lag1: string): Flag => ({
  code: 'autocorrelated',
  detail: `lag-1 autocorrelation ${lag1}: single requests are not independent`,
});

export const CASES: readonly Case[] = [
  {
    sut: 'java-hello',
    treated: 'ld-preload',
    design: 'alternated',
    baseNs: 48_930,
    sdNs: 8_450,
    shiftNs: 412,
    halfNs: 145,
    verdict: 'overhead',
    sentence: 'ld-preload adds 0.41 µs [0.27, 0.56] to the median round trip of java-hello.',
    flags: [AUTOCORRELATED('0.21')],
  },
  {
    sut: 'java-hello',
    treated: 'bpftrace',
    design: 'sliced',
    baseNs: 49_310,
    sdNs: 8_910,
    shiftNs: 6_630,
    halfNs: 710,
    verdict: 'overhead',
    sentence: 'bpftrace adds 6.63 µs [5.92, 7.34] to the median round trip of java-hello.',
    flags: [AUTOCORRELATED('0.24'), { code: 'unequal-variance', detail: 'sd 11.6 µs with the hook, 8.9 µs without' }],
  },
  {
    sut: 'node-hello',
    treated: 'ld-preload',
    design: 'alternated',
    baseNs: 62_580,
    sdNs: 21_300,
    shiftNs: 96,
    halfNs: 264,
    verdict: 'no-detectable-difference',
    sentence: 'No difference detectable on node-hello: ld-preload +96 ns [−168, +360]; 377 ns would have been seen.',
    flags: [{ code: 'drift', detail: 'block medians of the baseline fell by 3.1 % from the first fifth to the last' }],
  },
  {
    sut: 'node-hello',
    treated: 'bpftrace',
    design: 'sliced',
    baseNs: 62_910,
    sdNs: 22_800,
    shiftNs: 7_940,
    halfNs: 1_120,
    verdict: 'overhead',
    sentence: 'bpftrace adds 7.94 µs [6.82, 9.06] to the median round trip of node-hello.',
    flags: [{ code: 'unequal-variance', detail: 'sd 27.2 µs with the hook, 22.8 µs without' }],
  },
  {
    sut: 'read-loop',
    treated: 'ld-preload',
    design: 'alternated',
    baseNs: 892,
    sdNs: 118,
    shiftNs: 221.4,
    halfNs: 6.3,
    verdict: 'overhead',
    sentence: 'ld-preload adds 221 ns [215, 228] to the median read of read-loop.',
  },
  {
    sut: 'read-loop',
    treated: 'bpftrace',
    design: 'sliced',
    baseNs: 897,
    sdNs: 131,
    shiftNs: 3_118,
    halfNs: 64,
    verdict: 'overhead',
    sentence: 'bpftrace adds 3.12 µs [3.05, 3.18] to the median read of read-loop.',
    flags: [{ code: 'few-forks', detail: '2 forks for this design: the interval rests on blocks within them' }],
  },
];

export const AA_CASES: readonly Case[] = SUTS.flatMap((sut) =>
  (['alternated', 'sliced'] as const).map((design) => {
    const like = CASES.find((c) => c.sut === sut && c.design === design) as Case;
    const shiftNs = design === 'sliced' ? like.halfNs * 0.3 : like.halfNs * -0.22;
    return {
      ...like,
      treated: 'none',
      shiftNs,
      verdict: 'no-detectable-difference' as const,
      flags: [],
      sentence: `none against none on ${sut} (${design}) shows no detectable difference.`,
    };
  }),
);
