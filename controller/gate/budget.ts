/** MECHANISM[:SUT][:VANTAGE]:STAT<VALUE, e.g. 'ld-preload:client:p50<5us' → a budget; a budget → the rows it is about. */

import { BenchError } from '#proto';
import { type Comparison, type Results, VANTAGES } from '../analysis/results.ts';
import { statisticsOf } from './shift.ts';
import type { Budget } from './types.ts';

const UNIT_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };
const FORM = /^(?<subject>[^<>\s]+):(?<statistic>mean|p\d{1,3})<(?<value>\d+(?:\.\d+)?)(?<unit>ns|us|µs|ms|s)$/;

/** @throws BenchError usage with the grammar */
export function budgetOf(text: string): Budget {
  const parts = FORM.exec(text.replaceAll(' ', ''))?.groups;
  const limitNs = Number(parts?.value ?? 0) * (UNIT_NS[parts?.unit ?? ''] ?? 0);
  if (parts === undefined || !(limitNs > 0))
    throw new BenchError('usage', `--max ${text} is not MECHANISM[:SUT][:VANTAGE]:STAT<VALUE`, {
      nextStep: "e.g. --max 'ld-preload:client:p50<5us', in quotes because a shell reads < itself",
    });
  return { text, subject: parts.subject ?? '', statistic: parts.statistic ?? '', limitNs };
}

/** @returns every row of the study that the budget names: of all SUTs, conditions and nodes unless it names one
 * @throws BenchError usage when there is none, or the rows hold no interval of that statistic; with what there is */
export function rowsFor(results: Results, budget: Budget, sut: string | null): readonly Comparison[] {
  const known = results.comparisons.filter((c) => c.treated !== c.baseline);
  const rows = known.filter((c) => names(budget.subject, c) && (sut === null || c.sut === sut));
  if (rows.length === 0)
    throw new BenchError(
      'usage',
      `no row of study ${results.study.id} is ${sut === null ? '' : `of ${sut} and `}what --max ${budget.text} names`,
      {
        nextStep: 'name one of those that are there, or measure it',
        detail: `there ${known.length === 1 ? 'is' : 'are'}: ${subjects(known)}`,
      },
    );
  const held = statisticsOf(rows);
  if (!held.includes(budget.statistic))
    throw new BenchError(
      'usage',
      `study ${results.study.id} holds no interval of ${budget.statistic}, which --max ${budget.text} asks for`,
      {
        nextStep: `ask for one of ${held.join(', ')}`,
      },
    );
  return rows;
}

/** the order is fixed, so what is left of the mechanism's id tells SUT from vantage */
function names(subject: string, c: Comparison): boolean {
  if (subject === c.treated) return true;
  if (!subject.startsWith(`${c.treated}:`)) return false;
  const rest = subject.slice(c.treated.length + 1);
  const isVantage = (VANTAGES as readonly string[]).includes(rest);
  return isVantage ? rest === c.vantage : rest === c.sut || rest === `${c.sut}:${c.vantage}`;
}

function subjects(rows: readonly Comparison[]): string {
  return [...new Set(rows.map((c) => `${c.treated}:${c.sut}:${c.vantage}`))].join(', ') || 'none';
}
