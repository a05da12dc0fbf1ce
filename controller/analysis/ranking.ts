/** Which hooks cost less than which, and which of them a study can't tell apart. */

import { holm } from '../stats/holm.ts';
import type { Draft } from './compare.ts';
import { levelOf } from './looks.ts';
import { type ForkValues, meanByFork } from './own-time.ts';
import { rankingSentence } from './ranking-sentences.ts';
import type { StudyRecord } from './record.ts';
import type { Comparison, Estimate, KnownPart, RankedHook, RankedPair, Ranking } from './results.ts';
import { groupRows, type Row } from './row.ts';
import { inferOverForks } from './unit.ts';
import { ALPHA } from './verdict.ts';

/** One per SUT, node, condition and vantage with two or more hooks whose numbers may be used. Sequential arms take no part.
 * @param drafts, comparisons the treated rows, in equal order
 * A process start is the unit of every difference, and Holm runs over the pairs of a ranking: the order is taken from the data, so all of them were
 * looked at. Time O(blocks + hooks² · forks). */
export function rankings(
  study: StudyRecord,
  drafts: readonly Draft[],
  comparisons: readonly Comparison[],
): readonly Ranking[] {
  const rows = drafts.flatMap(({ inference, paired, cell }, i): readonly Row[] => {
    const comparison = comparisons[i];
    return comparison === undefined || cell.design === 'sequential' ? [] : [{ comparison, inference, paired }];
  });
  const places = groupRows(rows, ({ sut, node, condition, vantage }) => [sut, node, condition, vantage]);
  return places.flatMap((place) => rankingOf(study, place) ?? []);
}

interface Entry {
  readonly comparison: Comparison;
  readonly shift: KnownPart;
  readonly byFork: ForkValues;
}

function rankingOf(study: StudyRecord, rows: readonly Row[]): Ranking | null {
  const entries = rows.flatMap(({ comparison, paired }): readonly Entry[] => {
    const { p50 } = comparison.shifts;
    if (p50 === null || whyUnusable(comparison) !== null) return [];
    return [{ comparison, shift: partOf(p50), byFork: meanByFork(paired) }];
  });
  const [first] = entries;
  if (first === undefined || entries.length < 2) return null;
  entries.sort((a, b) => a.shift.estimateNs - b.shift.estimateNs);
  const { sut, condition, node, vantage } = first.comparison;
  const pairs = pairsOf(entries, levelOf(study));
  const cheaperThan = (treated: string) => pairs.filter((pair) => pair.dearer === treated && pair.isSeparated).length;
  const hooks = entries.map(({ comparison: { treated, design }, shift }): RankedHook => {
    const layer = study.catalogue.find(({ id }) => id === treated)?.layer ?? '';
    return { treated, layer, design, rank: 1 + cheaperThan(treated), shift };
  });
  const leftOut = rows.flatMap(({ comparison }) => {
    const verdict = whyUnusable(comparison);
    return verdict === null ? [] : [{ treated: comparison.treated, verdict }];
  });
  const found = { sut, condition, node, vantage, hooks, pairs, leftOut };
  return { ...found, sentence: rankingSentence(found) };
}

/** A hook can't make anything faster: where the whole interval is below 0, something else than the hook is in the number, also where Holm's
 * correction over the study spares it the verdict. */
function whyUnusable({ verdict, shifts }: Comparison): Ranking['leftOut'][number]['verdict'] | null {
  if (verdict === 'invalid' || verdict === 'implausible') return verdict;
  return shifts.p50 !== null && shifts.p50.highNs < 0 ? 'implausible' : null;
}

function pairsOf(entries: readonly Entry[], level: number): readonly RankedPair[] {
  const drafts = entries.flatMap((cheaper, i) =>
    entries.slice(i + 1).map((dearer) => {
      const found = inferOverForks(differences(cheaper.byFork, dearer.byFork), level)?.estimate ?? null;
      const difference = found && { ...partOf(found), p: found.p };
      const isDirect = cheaper.comparison.design === 'alternated' && dearer.comparison.design === 'alternated';
      return { cheaper: cheaper.comparison.treated, dearer: dearer.comparison.treated, difference, isDirect };
    }),
  );
  const adjusted = holm(drafts.flatMap(({ difference }) => (difference === null ? [] : [difference.p])));
  let at = 0;
  return drafts.map((pair): RankedPair => {
    const pHolm = pair.difference === null ? null : (adjusted[at++] as number);
    const isSeparated = pHolm !== null && pHolm < ALPHA && pair.difference !== null && pair.difference.estimateNs > 0;
    return { ...pair, pHolm, isSeparated };
  });
}

/** of the process starts that both have */
function differences(cheaper: ForkValues, dearer: ForkValues): Float64Array {
  return Float64Array.from(
    [...dearer].flatMap(([fork, ns]) => {
      const other = cheaper.get(fork);
      return other === undefined ? [] : [ns - other];
    }),
  );
}

function partOf({ estimateNs, lowNs, highNs, confidence, units }: Estimate): KnownPart {
  return { estimateNs, lowNs, highNs, confidence, units };
}
