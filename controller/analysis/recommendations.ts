/** The paper's ten recommendations (Kahlhofer et al. 2023), each decided by what the record shows. */

import { powerAfterPilot } from '../stats/pilot-power.ts';
import { tQuantile } from '../stats/student.ts';
import { count, intervalUs, us } from './format.ts';
import { environmentChecks } from './observed.ts';
import type { StudyRecord } from './record.ts';
import type { BlockEstimate, Comparison, InsideView, MicroMacro, Recommendation, Vantage } from './results.ts';
import { usageChecks } from './usage.ts';

/** One row each for R1 to R10. What the record does not show is never counted as met. */
export function recommendations(
  study: StudyRecord,
  comparisons: readonly Comparison[],
  inside: readonly InsideView[],
  microMacro: readonly MicroMacro[] = [],
): readonly Recommendation[] {
  const { placement, limits } = environmentChecks(study);
  return [
    ...placement,
    monitoringRow(study, comparisons, inside),
    scaleRow(comparisons, microMacro),
    usageChecks(study),
    limits,
    powerRow(comparisons),
    diversityRow(study),
  ];
}

function row(number: number, status: Recommendation['status'], evidence: string): Recommendation {
  return { id: `R${number}`, status, evidence };
}

/** how many layers lie between the clock and a hook */
const DISTANCE: Readonly<Record<Vantage, string>> = {
  interposer: 'in the hook itself',
  kernel: 'in the hook itself',
  caller: 'one call away from the hook',
  client: 'network, runtime and application away from the hook',
};

/** R5: monitor as close to the hook as possible */
function monitoringRow(
  study: StudyRecord,
  comparisons: readonly Comparison[],
  inside: readonly InsideView[],
): Recommendation {
  const hooks = [...new Set(study.arms.map((arm) => arm.mechanism).filter((mechanism) => mechanism !== 'none'))];
  if (hooks.length === 0) return row(5, 'not-applicable', 'no hook was measured');
  const outside = [...new Set(comparisons.map(({ vantage }) => vantage))].map((v) => `${v} (${DISTANCE[v]})`);
  const seen = hooks.map((mechanism) => {
    const views = inside.filter((view) => view.mechanism === mechanism);
    return { mechanism, vantages: [...new Set(views.map((view) => view.vantage))] };
  });
  const blind = seen.filter(({ vantages }) => vantages.length === 0).map(({ mechanism }) => mechanism);
  const list = seen
    .filter(({ vantages }) => vantages.length > 0)
    .map(({ mechanism, vantages }) => `${mechanism} at ${vantages.join(' and ')}`)
    .join(', ');
  const base = `compared at ${outside.join(' and ') || 'nowhere'}; inside the hook: ${list || 'none'}`;
  if (blind.length > 0) return row(5, 'unmet', `${base}; no clock inside ${blind.join(', ')}`);
  return row(5, 'met', base);
}

/** R6: micro or macro, better both, and what they differ by */
function scaleRow(comparisons: readonly Comparison[], microMacro: readonly MicroMacro[]): Recommendation {
  const sutsAt = (vantage: Vantage) => [
    ...new Set(comparisons.filter((comparison) => comparison.vantage === vantage).map(({ sut }) => sut)),
  ];
  const micro = sutsAt('caller');
  const macro = sutsAt('client');
  const list = (suts: readonly string[]) => suts.join(', ') || 'none';
  const evidence = `micro (the read itself is timed): ${list(micro)}; macro (whole requests are timed): ${list(macro)}`;
  const differences = microMacro.flatMap(({ sut, treated, difference }) =>
    difference.estimateNs === null ? [] : [`${sut}, ${treated}: ${intervalUs(difference)} beyond its reads`],
  );
  return row(6, micro.length > 0 && macro.length > 0 ? 'met' : 'unmet', [evidence, ...differences].join('; '));
}

/** R9: enough samples for the effect */
function powerRow(comparisons: readonly Comparison[]): Recommendation {
  if (comparisons.length === 0) return row(9, 'unmet', 'nothing was compared');
  const isEnough = ({ verdict, block, minimumDetectableNs }: Comparison) =>
    verdict === 'equivalent' ||
    (verdict !== 'invalid' &&
      block !== null &&
      minimumDetectableNs !== null &&
      Math.abs(block.estimateNs) >= minimumDetectableNs);
  return row(9, comparisons.every(isEnough) ? 'met' : 'unmet', comparisons.map(powerOf).join('; '));
}

function powerOf({ sut, condition, treated, block, minimumDetectableNs, requiredSamples, n, verdict }: Comparison) {
  const name = `${sut} in ${condition}, ${treated}`;
  if (block === null || minimumDetectableNs === null) return `${name}: no interval`;
  const power = achievedPower(block);
  const achieved = power === null ? '' : ` (power ${power.toFixed(2)})`;
  const seen = `${name}: shift ${us(block.estimateNs)}${achieved}, found 4 times in 5 from ${us(minimumDetectableNs)}`;
  if (verdict === 'invalid') return `${seen}, but invalid`;
  const isShort = verdict !== 'equivalent' && requiredSamples !== null && requiredSamples > n;
  return isShort ? `${seen}, would need about ${count(requiredSamples)} samples per arm instead of ${count(n)}` : seen;
}

/** Chance that a study like this one finds a true shift of the size seen. The variance seen is itself an estimate: taken for the true one
 * it would promise too much. */
function achievedPower({ estimateNs, lowNs, highNs, units, confidence }: BlockEstimate): number | null {
  const df = units - 1;
  const standardError = (highNs - lowNs) / 2 / tQuantile(0.5 + confidence / 2, df);
  return standardError > 0 ? powerAfterPilot(Math.min(40, Math.abs(estimateNs) / standardError), df, df) : null;
}

/** R10: differently configured environments */
function diversityRow(study: StudyRecord): Recommendation {
  const places = new Set(study.batches.map(({ node, condition }) => `${node} in ${condition}`));
  const by = study.imported ? ', as the command names them' : '';
  const evidence = `${places.size} environment${places.size === 1 ? '' : 's'}${by}: ${[...places].join(', ') || 'none'}`;
  return row(10, places.size >= 2 ? 'met' : 'unmet', evidence);
}
