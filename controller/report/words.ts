/** The words and symbols every renderer shares, so that the same thing has the same name everywhere. */

import type { Comparison, Design, FlagCode, Results, Vantage, Verdict } from '../analysis/results.ts';
import type { DifferenceVerdict } from '../compare/index.ts';

export interface VerdictWords {
  readonly symbol: string;
  readonly word: string;
  readonly meaning: string;
}

export const VERDICT_WORDS: Readonly<Record<Verdict, VerdictWords>> = {
  overhead: { symbol: '▲', word: 'overhead', meaning: 'the interval lies above zero: the hook costs time' },
  'no-detectable-difference': {
    symbol: '○',
    word: 'no detectable difference',
    meaning: 'the interval holds zero; an effect below the smallest detectable one may still be there',
  },
  equivalent: { symbol: '≈', word: 'equivalent', meaning: 'the interval lies within the stated margin' },
  implausible: {
    symbol: '▼',
    word: 'implausible',
    meaning: 'significantly faster with the hook, which a hook cannot be: look for what else changed',
  },
  invalid: {
    symbol: '✕',
    word: 'invalid',
    meaning:
      'samples lost, reads missed, A/A failed, throttled or arms that cannot be compared: the number is not to be used',
  },
};

/** what one study's shift is against another's */
export const DIFFERENCE_WORDS: Readonly<Record<DifferenceVerdict, Omit<VerdictWords, 'meaning'>>> = {
  larger: { symbol: '▲', word: 'larger in B' },
  smaller: { symbol: '▼', word: 'smaller in B' },
  'no-detectable-difference': { symbol: '○', word: 'no detectable difference' },
};

export const VANTAGE_WORDS: Readonly<Record<Vantage, string>> = {
  client: 'round trip at the load generator',
  caller: 'around read() in the program',
  interposer: 'inside the interposed read()',
  kernel: 'syscall entry to exit',
};

export const DESIGN_WORDS: Readonly<Record<Design, string>> = {
  alternated: 'two live instances, alternated request by request in random order',
  sliced: 'one instance, hook attached and detached around short slices in random order',
  sequential: 'one arm after the other',
};

const LAYERS: Readonly<Record<string, string>> = {
  'app-filter': 'application',
  jvmti: 'runtime',
  'node-preload': 'runtime',
  'ld-preload': 'library',
  bpftrace: 'kernel',
  bpf: 'kernel',
  'sk-skb': 'kernel',
  uprobe: 'kernel',
  ptrace: 'kernel',
  'seccomp-notify': 'kernel',
  sud: 'kernel',
};

/** The layer a mechanism (or its variant, such as ld-preload:simd) sits at, or null for one that is not of our catalogue (imported data).
 * @param catalogue of the study: where a hook of somebody else's sits only its agents know */
export function layerOf(mechanism: string, catalogue: Results['mechanisms']): string | null {
  const told = catalogue.find(({ id }) => id === mechanism)?.layer ?? '';
  if (told !== '') return told;
  const [family = ''] = mechanism.split(':');
  return Object.hasOwn(LAYERS, family) ? (LAYERS[family] ?? null) : null;
}

export interface FlagWords {
  readonly word: string;
  /** what it says in general and what to do, for where the details of many rows would be too much */
  readonly meaning: string;
  /** the assumption of the pooled t-test that this breaks, or null */
  readonly breaks: string | null;
}

export const FLAG_WORDS: Readonly<Record<FlagCode, FlagWords>> = {
  'arms-not-interleaved': {
    word: 'arms not interleaved',
    meaning: 'The arms ran one after the other: whatever changed between them is part of the difference.',
    breaks: 'that only the hook differs between the arms',
  },
  'arms-apart': {
    word: 'arms far apart in time',
    meaning: 'A long break lies between the arms: whatever changed in it is part of the difference.',
    breaks: 'that only the hook differs between the arms',
  },
  drift: {
    word: 'drift',
    meaning:
      'Latencies rise or fall while a process lives. Interleaving keeps that out of a difference; arms one after the other do not.',
    breaks: 'that all samples of an arm have one distribution',
  },
  autocorrelated: {
    word: 'autocorrelated',
    meaning:
      "Neighbouring requests are alike, so the pooled tests' p-values are too small; the verdicts do not use them.",
    breaks: 'that samples are independent',
  },
  'unequal-variance': {
    word: 'unequal variance',
    meaning: 'The arms spread differently, which the pooled t-test assumes not to be; the verdicts do not use it.',
    breaks: 'that both arms have the same variance',
  },
  'negative-overhead': {
    word: 'negative overhead',
    meaning: 'Significantly faster with the hook, which a hook cannot be: something else changed between the arms.',
    breaks: null,
  },
  'unstable-warmup': {
    word: 'unstable warm-up',
    meaning:
      'In some process starts latencies had not settled, or left their level later. Nothing was cut for that: use a longer --warmup-floor, more requests or a quieter machine.',
    breaks: 'that all samples of an arm have one distribution',
  },
  'lost-samples': {
    word: 'lost samples',
    meaning: 'Samples were lost on their way.',
    breaks: 'that the sample is random',
  },
  'parity-miss': {
    word: 'reads missed',
    meaning: 'The hook did not see every read that it must have seen.',
    breaks: null,
  },
  throttled: {
    word: 'throttled',
    meaning: 'The machine took time away from the study.',
    breaks: 'that all samples of an arm have one distribution',
  },
  'aa-failed': {
    word: 'A/A failed',
    meaning: "None against none differs too, so a difference may be the instrument's own.",
    breaks: null,
  },
  'block-failed': {
    word: 'not blocked as asked',
    meaning: 'The hook did not block what it was to block.',
    breaks: null,
  },
  'few-forks': {
    word: 'few forks',
    meaning: 'Fewer than 4 process starts: how much starts differ can hardly be told. Use more --forks.',
    breaks: null,
  },
  incomplete: { word: 'incomplete', meaning: 'Less was measured than was planned.', breaks: null },
};

/** Titles in our words of the ten recommendations of Kahlhofer et al., SSP 2023. */
export const RECOMMENDATION_TITLES: Readonly<Record<string, string>> = {
  R1: 'Load generator and SUT in one pod, in separate containers',
  R2: 'Where they are in separate pods, on one physical node',
  R3: 'No service mesh in the path without a reason',
  R4: 'No shared, multi-tenant cluster',
  R5: 'Measure close to the layer of the hook',
  R6: 'Say whether it is a micro or a macro benchmark; do both',
  R7: 'Use the hooked function as real applications do',
  R8: 'Servers do not hit resource limits',
  R9: 'Enough samples for the variance seen',
  R10: 'Repeat in differently configured environments',
};

/** Why a comparison has no block estimate, short enough for a table cell. */
export function missingReason(c: Comparison): string {
  if (c.design === 'sequential') return 'arms not interleaved';
  const has = (code: FlagCode) => c.flags.some((flag) => flag.code === code);
  if (has('incomplete')) return 'incomplete';
  if (has('few-forks')) return 'too few forks';
  return 'too few blocks';
}
