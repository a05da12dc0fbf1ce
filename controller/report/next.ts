/** What a reader should do after these results. At most two steps, the most pressing first. */

import type { Comparison, Results } from '../analysis/results.ts';
import { formatCount } from './format.ts';

/** so many times the requests of this study are no advice */
const OUT_OF_REACH = 10;

export function nextSteps(results: Results): readonly string[] {
  const found = results.comparisons.filter((c) => c.treated !== c.baseline);
  const steps = [
    unfinished(results),
    failedAa(results),
    invalid(found),
    implausible(found),
    undetected(found, results),
  ];
  const pressing = steps.filter((step) => step !== null).slice(0, 2);
  if (pressing.length > 0) return pressing;
  const isImported = found.length > 0 && found.every((c) => c.design === 'sequential');
  return [isImported ? INTERLEAVE : 'Open the report; run the study again with another --seed to see that it holds.'];
}

const INTERLEAVE =
  'Measure the arms interleaved, with hookbench run: arms run one after the other cannot be told from drift.';

function unfinished(results: Results): string | null {
  return results.study.status === 'complete'
    ? null
    : `The study is ${results.study.status}: run it again: ${results.study.command}`;
}

function failedAa(results: Results): string | null {
  if (results.aa.passed || results.aa.comparisons.length === 0) return null;
  return 'A/A failed: find what disturbs the machine (other load, throttling), then run again before reading the shifts.';
}

function invalid(found: readonly Comparison[]): string | null {
  const bad = found.filter((c) => c.verdict === 'invalid');
  if (bad.length === 0) return null;
  if (bad.every((c) => c.design === 'sequential')) return INTERLEAVE;
  return `Do not use the invalid ${bad.length === 1 ? 'row' : 'rows'} (${names(bad)}): the lines marked ! say what to mend.`;
}

function implausible(found: readonly Comparison[]): string | null {
  const odd = found.filter((c) => c.verdict === 'implausible');
  return odd.length === 0
    ? null
    : `Look at the block medians of ${names(odd)} in the report: something besides the hook changed.`;
}

function undetected(found: readonly Comparison[], results: Results): string | null {
  const needed = found.filter((c) => c.verdict === 'no-detectable-difference' && (c.requiredSamples ?? 0) > c.n);
  const most = Math.max(0, ...needed.map((c) => c.requiredSamples ?? 0));
  if (most <= results.study.requestsPerArm) return null;
  if (most > OUT_OF_REACH * results.study.requestsPerArm) {
    return `What ${names(needed)} can show is set by how much forks and blocks differ, not by the number of requests: more --forks narrow it.`;
  }
  const rounded = Math.ceil(most / 1000) * 1000;
  return `To settle ${names(needed)}, should the shift seen be real: --requests ${rounded} (${formatCount(rounded)} per arm).`;
}

function names(cs: readonly Comparison[]): string {
  return [...new Set(cs.map((c) => `${c.treated} on ${c.sut}`))].join(', ');
}
