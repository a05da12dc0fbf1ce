/** What decompositions and micro-macro rows share: which loop a request is held against, its reads, and a part's interval. */

import type { Draft } from './compare.ts';
import type { StudyRecord } from './record.ts';
import type { Comparison, Part } from './results.ts';
import { inferOverForks } from './unit.ts';

/** a draft with what the study as a whole says of it */
export interface Claimed {
  readonly draft: Draft;
  readonly comparison: Comparison;
}

/** The same hook at a caller's clock in the same place; a row at the caller is its own. */
export function microOf(rows: readonly Claimed[], { comparison: c }: Claimed): Claimed | null {
  const isSame = ({ comparison: o }: Claimed) =>
    o.vantage === 'caller' &&
    o.node === c.node &&
    o.condition === c.condition &&
    o.design === c.design &&
    o.treated === c.treated &&
    (c.vantage !== 'caller' || o.sut === c.sut);
  return rows.find(isSame) ?? null;
}

/** Reads of one request that the hook saw, by the load generator's count of requests; null where they were not counted. */
export function readsOf(
  { parity }: Pick<StudyRecord, 'parity'>,
  { sut, condition, node, treated }: Pick<Comparison, 'sut' | 'condition' | 'node' | 'treated'>,
): number | null {
  const row = parity.find(
    (one) =>
      one.source === 'load' &&
      one.sut === sut &&
      one.condition === condition &&
      one.node === node &&
      one.mechanism === treated,
  );
  return row === undefined || row.expectedReads === 0 || row.seenReads === 0 ? null : row.seenReads / row.expectedReads;
}

/** Mean of one value per process start, with its interval.
 * @param lacking why fewer than two have one */
export function knownOver(
  forks: readonly number[],
  of: (fork: number) => number | undefined,
  level: number,
  lacking: string,
): Part {
  const found = inferOverForks(Float64Array.from(forks.flatMap((fork) => of(fork) ?? [])), level);
  if (found === null) return { estimateNs: null, why: lacking };
  const { estimateNs, lowNs, highNs, confidence, units } = found.estimate;
  return { estimateNs, lowNs, highNs, confidence, units };
}
