/** Is what a hook adds within its budget? Pure. */

import { intervalUs, us } from '../analysis/format.ts';
import type { Comparison, Results } from '../analysis/results.ts';
import { whyUnusable } from '../compare/index.ts';
import { rowsFor } from './budget.ts';
import { shiftOf } from './shift.ts';
import { type Budget, GATE_SCHEMA, type GateReport, type GateRow, type Outcome } from './types.ts';

export interface GateOptions {
  /** only rows of this SUT; null: of all */
  readonly sut: string | null;
  /** what a budget inside the interval counts as */
  readonly undecided: 'fail' | 'pass';
}

/** Each budget against each row it names.
 * @returns passed where every interval lies wholly below its budget. All must hold at once, so no correction for their number is needed:
 *   a hook that is over a budget passes it in 2.5 % of studies at most, however many budgets there are
 * @throws BenchError usage when a budget names nothing that was measured */
export function judge(results: Results, budgets: readonly Budget[], o: GateOptions): GateReport {
  const rows = budgets.flatMap((budget) => rowsFor(results, budget, o.sut).map((c) => rowOf(results, c, budget)));
  const { id, startedAt, status } = results.study;
  const passed = rows.every(
    ({ outcome }) => outcome === 'passed' || (outcome === 'undecided' && o.undecided === 'pass'),
  );
  return {
    schema: GATE_SCHEMA,
    study: { id, startedAt, status },
    undecided: o.undecided,
    passed,
    rows,
    sentence: sentenceOf(rows, passed),
  };
}

function rowOf(results: Results, c: Comparison, budget: Budget): GateRow {
  const shift = shiftOf(c, budget.statistic);
  const why = whyUnusable(results, c) ?? (shift === null ? `it has no interval of ${budget.statistic}` : null);
  const place = { sut: c.sut, condition: c.condition, node: c.node, vantage: c.vantage, mechanism: c.treated };
  const asked = { budget: budget.text, statistic: budget.statistic, limitNs: budget.limitNs };
  const who = `${c.treated} on ${c.sut}`;
  if (why !== null || shift === null)
    return { ...asked, ...place, shift, outcome: 'unusable', sentence: `${who} can't be within a budget: ${why}` };
  const outcome: Outcome =
    shift.highNs < budget.limitNs ? 'passed' : shift.lowNs >= budget.limitNs ? 'failed' : 'undecided';
  const where = { passed: 'wholly below', failed: 'not below', undecided: 'around' }[outcome];
  const sentence = `${who} adds ${intervalUs(shift)} at ${budget.statistic}: ${where} the budget of ${us(budget.limitNs)}.`;
  return { ...asked, ...place, shift, outcome, sentence };
}

function sentenceOf(rows: readonly GateRow[], passed: boolean): string {
  const counted = (outcome: Outcome) => rows.filter((row) => row.outcome === outcome).length;
  const told = (['passed', 'failed', 'undecided', 'unusable'] as const)
    .filter((outcome) => counted(outcome) > 0)
    .map((outcome) => `${counted(outcome)} ${outcome}`);
  return `Gate ${passed ? 'passed' : 'failed'}: ${told.join(', ')} of ${rows.length} ${rows.length === 1 ? 'check' : 'checks'}.`;
}
