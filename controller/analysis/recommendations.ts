/** The paper's ten recommendations (Kahlhofer et al. 2023), each decided by what the record shows. */

import { count, us } from './format.ts';
import type { StudyRecord } from './record.ts';
import type { Comparison, InsideView, Recommendation } from './results.ts';

/** One row each for R1 to R10. What the record does not show is never counted as met. */
export function recommendations(
  study: StudyRecord,
  comparisons: readonly Comparison[],
  inside: readonly InsideView[],
): readonly Recommendation[] {
  return [
    ...clusterRows(study),
    monitoringRow(study, comparisons, inside),
    scaleRow(comparisons),
    usageRow(study),
    limitsRow(study),
    powerRow(comparisons),
    diversityRow(study),
  ];
}

type Status = Recommendation['status'];

function row(number: number, status: Status, evidence: string): Recommendation {
  return { id: `R${number}`, status, evidence };
}

const CLUSTER_CONDITIONS: readonly string[] = ['pod', 'nodes'];

/** R1 same pod, R2 same node, R3 service mesh, R4 shared clusters */
function clusterRows(study: StudyRecord): readonly Recommendation[] {
  const clustered = study.conditions.filter((condition) => CLUSTER_CONDITIONS.includes(condition));
  if (clustered.length > 0) {
    const evidence = `measured in condition ${clustered.join(', ')}, but this record holds no observed placement, sidecars or tenants`;
    return [1, 2, 3, 4].map((number) => row(number, 'unmet', evidence));
  }
  const place = `condition ${study.conditions.join(', ')}: no Kubernetes here`;
  const machine = study.nodes.map(({ hostname, virtualization }) => `${hostname} (${virtualization})`).join(', ');
  return [
    row(1, 'not-applicable', `${place}, so there is no pod to share; load generator and SUT ran on one host`),
    row(2, 'not-applicable', `${place}, so there are no pods to place; both ends ran on one host`),
    row(3, 'not-applicable', `${place}, so no service mesh; the load generator connects to the SUT directly`),
    row(4, 'not-applicable', `${place}, so no cluster to share; the machine is ${machine || 'not described'}`),
  ];
}

/** R5: monitor as close to the hook as possible */
function monitoringRow(
  study: StudyRecord,
  comparisons: readonly Comparison[],
  inside: readonly InsideView[],
): Recommendation {
  const hooks = [...new Set(study.arms.map((arm) => arm.mechanism).filter((mechanism) => mechanism !== 'none'))];
  if (hooks.length === 0) return row(5, 'not-applicable', 'no hook was measured');
  const outside = [...new Set(comparisons.map((comparison) => comparison.vantage))].join(' and ') || 'nowhere';
  const seen = hooks.map((mechanism) => {
    const views = inside.filter((view) => view.mechanism === mechanism);
    return { mechanism, vantages: [...new Set(views.map((view) => view.vantage))] };
  });
  const blind = seen.filter(({ vantages }) => vantages.length === 0).map(({ mechanism }) => mechanism);
  const list = seen
    .filter(({ vantages }) => vantages.length > 0)
    .map(({ mechanism, vantages }) => `${mechanism} at ${vantages.join(' and ')}`)
    .join(', ');
  const base = `compared at ${outside}; inside the hook: ${list || 'none'}`;
  if (blind.length > 0) return row(5, 'unmet', `${base}; no clock inside ${blind.join(', ')}`);
  return row(5, 'met', base);
}

/** R6: micro or macro, better both */
function scaleRow(comparisons: readonly Comparison[]): Recommendation {
  const sutsAt = (vantage: string) => [
    ...new Set(comparisons.filter((comparison) => comparison.vantage === vantage).map(({ sut }) => sut)),
  ];
  const micro = sutsAt('caller');
  const macro = sutsAt('client');
  const list = (suts: readonly string[]) => suts.join(', ') || 'none';
  const evidence = `micro (the read itself is timed): ${list(micro)}; macro (whole requests are timed): ${list(macro)}`;
  return row(6, micro.length > 0 && macro.length > 0 ? 'met' : 'unmet', evidence);
}

/** R7: how the hooked function is used, and whether the benchmark reflects it */
function usageRow(study: StudyRecord): Recommendation {
  const census = study.parity.filter(({ source }) => source === 'kernel');
  const reads = census.reduce((sum, { expectedReads }) => sum + expectedReads, 0);
  const counted =
    census.length > 0
      ? `the kernel counted ${count(reads)} reads of accepted sockets by ${[...new Set(census.map(({ sut }) => sut))].join(', ')}`
      : 'no kernel census of read was taken';
  return row(
    7,
    'unmet',
    `${counted}; reads of files and pipes are not counted, and no reference application is among the SUTs`,
  );
}

/** R8: no resource limit hit */
function limitsRow(study: StudyRecord): Recommendation {
  if (study.throttling.length > 0) return row(8, 'unmet', study.throttling.join(' '));
  const stolen = study.warnings.filter(({ code }) => code === 'cpu-steal').map(({ detail }) => detail);
  if (stolen.length > 0) return row(8, 'unmet', stolen.join(' '));
  return row(8, 'met', 'no CPU throttling and no steal time over 2 % of a core was seen during the study');
}

/** R9: enough samples for the effect */
function powerRow(comparisons: readonly Comparison[]): Recommendation {
  if (comparisons.length === 0) return row(9, 'unmet', 'nothing was compared');
  const unsure = comparisons.filter(({ verdict }) => verdict === 'no-detectable-difference' || verdict === 'invalid');
  const evidence = comparisons.map(powerOf).join('; ');
  return row(9, unsure.length === 0 ? 'met' : 'unmet', evidence);
}

function powerOf({ sut, treated, block, minimumDetectableNs, requiredSamples, n, verdict }: Comparison): string {
  const name = `${sut} ${treated}`;
  if (block === null || minimumDetectableNs === null) return `${name}: no interval`;
  const seen = `${name}: shift ${us(block.estimateNs)}, detectable from ${us(minimumDetectableNs)}`;
  if (verdict === 'invalid') return `${seen}, but invalid`;
  const isShort = verdict === 'no-detectable-difference' && requiredSamples !== null && requiredSamples > n;
  return isShort ? `${seen}, would need about ${count(requiredSamples)} samples per arm instead of ${count(n)}` : seen;
}

/** R10: differently configured environments */
function diversityRow(study: StudyRecord): Recommendation {
  const places = new Set(study.batches.map(({ node, condition }) => `${node} in ${condition}`));
  const evidence = `${places.size} environment${places.size === 1 ? '' : 's'}: ${[...places].join(', ') || 'none'}`;
  return row(10, places.size >= 2 ? 'met' : 'unmet', evidence);
}
