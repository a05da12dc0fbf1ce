/** Drift of arms that ran one after the other: nothing keeps it out of their difference. */

import { mannKendall } from '../stats/mann-kendall.ts';
import { intervalUs, pValue } from './format.ts';
import type { Flag } from './results.ts';
import { type ArmSamples, halvesOf } from './select.ts';
import { shiftBetween } from './sequential.ts';

export interface SequentialArm {
  readonly name: string;
  readonly samples: ArmSamples;
  /** of its stretches, one series per run */
  readonly medians: readonly Float64Array[];
}

/** One flag that names each arm whose second half's mean is off its first's, or whose stretches' medians have a trend.
 * Time O(n). */
export function sequentialDrift(arms: readonly SequentialArm[]): readonly Flag[] {
  const told = arms.flatMap(driftOf);
  if (told.length === 0) return [];
  return [
    { code: 'drift', detail: `${told.join('. ')}. With arms one after the other this is part of the difference.` },
  ];
}

/** strict, because two arms are looked at in two ways each */
const HALVES_LEVEL = 0.0125;
/** stricter, because medians of neighbouring stretches are not independent */
const TREND_LEVEL = 0.001;

function driftOf({ name, samples, medians }: SequentialArm): readonly string[] {
  const [first, second] = halvesOf(samples);
  const halves = shiftBetween(first.latencyNs, second.latencyNs);
  const trend = mannKendall(medians);
  if ((halves?.estimate.p ?? 1) >= HALVES_LEVEL && trend.p >= TREND_LEVEL) return [];
  const direction = trend.z > 0 ? 'rise' : 'fall';
  const shift = halves
    ? `the second half's mean is ${intervalUs(halves.estimate)} off the first's (${pValue(halves.estimate.p)}), `
    : '';
  return [
    `The ${name} arm does not hold still: ${shift}its stretches' medians ${direction} (Mann–Kendall ${pValue(trend.p)})`,
  ];
}
