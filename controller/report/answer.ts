/** The question of a study and its answer in one sentence. */

import type { Comparison, Results, Vantage } from '../analysis/results.ts';
import { formatEstimate, formatShort } from './format.ts';
import { groupLabel, sutViews, treatedMechanisms } from './model.ts';

const WHAT: Readonly<Record<Vantage, string>> = {
  client: 'round trip',
  caller: 'read',
  interposer: 'interposed read',
  kernel: 'read system call',
};

export function question(results: Results): string {
  const hooks = treatedMechanisms(results);
  const subject = hooks.length === 0 ? 'a hook' : list(hooks);
  const verb = hooks.length > 1 ? 'do' : 'does';
  return `What ${verb} ${subject} add to the latency of ${list(results.study.suts) || 'the system under test'}?`;
}

/** One sentence over all comparisons: per mechanism what it adds and where, with intervals. A failed A/A comes first. */
export function answer(results: Results): string {
  const clauses = answerClauses(results);
  const found = clauses.length > 0 ? clauses.join('; ') : 'No comparison could be made';
  const failed =
    results.aa.passed || results.aa.comparisons.length === 0 ? '' : 'The A/A check failed, so read with care: ';
  return `${failed}${found}.`;
}

/** The answer's parts, one for each mechanism that was compared. */
export function answerClauses(results: Results): readonly string[] {
  const labels = new Map<Comparison, string>();
  for (const group of sutViews(results).flatMap((view) => view.groups)) {
    for (const c of group.comparisons) labels.set(c, groupLabel(results, group));
  }
  return treatedMechanisms(results)
    .map((mechanism) => mechanismClause(mechanism, labels))
    .filter((clause) => clause !== '');
}

function mechanismClause(mechanism: string, labels: ReadonlyMap<Comparison, string>): string {
  const mine = [...labels.keys()].filter((c) => c.treated === mechanism);
  const of = (verdict: Comparison['verdict']) => mine.filter((c) => c.verdict === verdict);
  const where = (cs: readonly Comparison[]) => list(few(cs.map((c) => labels.get(c) ?? c.sut)));
  const parts: string[] = [];
  const costs = of('overhead');
  if (costs.length > 0) parts.push(`adds ${list(costsByVantage(costs, labels))}`);
  const unseen = of('no-detectable-difference');
  if (unseen.length > 0) parts.push(`shows no detectable difference on ${list(few(unseenParts(unseen, labels)))}`);
  if (of('equivalent').length > 0) parts.push(`is equivalent to no hook on ${where(of('equivalent'))}`);
  if (of('implausible').length > 0) parts.push(`looks implausibly faster than no hook on ${where(of('implausible'))}`);
  if (of('invalid').length > 0) parts.push(`has no valid result on ${where(of('invalid'))}`);
  return parts.length > 0 ? `${mechanism} ${list(parts)}` : '';
}

/** Only equal vantages share a span: a round trip is not a read. */
function costsByVantage(costs: readonly Comparison[], labels: ReadonlyMap<Comparison, string>): readonly string[] {
  return [...new Set(costs.map((c) => c.vantage))].map((vantage) => {
    const span = costSpan(
      costs.filter((c) => c.vantage === vantage),
      labels,
    );
    return `${span} to the median ${WHAT[vantage]}`;
  });
}

function costSpan(costs: readonly Comparison[], labels: ReadonlyMap<Comparison, string>): string {
  const shown = costs.flatMap((c) => {
    const shift = c.shifts.p50 ?? c.block;
    if (shift === null) return [];
    const text = `${formatEstimate(shift, { sign: false }).text} (${labels.get(c) ?? c.sut})`;
    return [{ ns: shift.estimateNs, text }];
  });
  shown.sort((a, b) => a.ns - b.ns);
  const low = shown[0];
  const high = shown.at(-1);
  if (low === undefined || high === undefined) return 'time';
  return low === high ? low.text : `between ${low.text} and ${high.text}`;
}

/** each with the smallest true shift that it would have found 4 times in 5 */
function unseenParts(cs: readonly Comparison[], labels: ReadonlyMap<Comparison, string>): readonly string[] {
  return cs.map((c, i) => {
    const name = labels.get(c) ?? c.sut;
    if (c.minimumDetectableNs === null) return name;
    return `${name} (${i === 0 ? 'smallest it could have seen: ' : ''}${formatShort(c.minimumDetectableNs)})`;
  });
}

/** a study of many nodes keeps a sentence that can be read */
function few(items: readonly string[]): readonly string[] {
  return items.length <= MOST_NAMED
    ? items
    : [...items.slice(0, MOST_NAMED - 1), `${items.length - MOST_NAMED + 1} more`];
}

const MOST_NAMED = 8;

function list(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
