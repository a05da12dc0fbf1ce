/** What --until, --until-for and --budget ask for, checked. */

import { BenchError, type RunStudyRequest } from '#proto';
import type { Until } from './study.ts';

export const DEFAULT_BUDGET_MS = 600_000;

/** @param o what the study compares
 * @returns null where a fixed number of forks is asked for. @throws BenchError usage */
export function untilOf(
  request: Pick<RunStudyRequest, 'untilNs' | 'untilFor' | 'budgetMs'>,
  o: { suts: readonly { id: string }[]; mechanisms: readonly { id: string }[] },
): Until | null {
  if (request.untilNs === 0) {
    if (request.untilFor.length === 0 && request.budgetMs === 0) return null;
    throw new BenchError('usage', '--until-for and --budget say more about --until, which is not there', {
      nextStep: 'add --until 1us, for example',
    });
  }
  if (!(request.untilNs > 0)) throw new BenchError('usage', `--until ${request.untilNs} ns is not a width`);
  const known = o.mechanisms.flatMap(({ id }) => [id, ...o.suts.map((sut) => `${sut.id}/${id}`)]);
  const unknown = request.untilFor.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new BenchError('usage', `--until-for ${unknown} is no comparison of this study; known: ${known.join(', ')}`);
  return { halfWidthNs: request.untilNs, only: request.untilFor, budgetMs: request.budgetMs || DEFAULT_BUDGET_MS };
}
