import type { PairedBlock } from './paired-blocks.ts';
import type { Comparison } from './results.ts';
import type { Inference } from './unit.ts';

/** A finished comparison with what its interval rests on. */
export interface Row {
  readonly comparison: Comparison;
  readonly inference: Inference | null;
  readonly paired: readonly PairedBlock[];
}

/** a row that makes a claim */
export interface Claim extends Row {
  readonly inference: Inference;
}

/** null where the row's number is not to be used */
export function claimOf(row: Row): Claim | null {
  return row.inference === null || row.comparison.verdict === 'invalid' ? null : { ...row, inference: row.inference };
}

/** Rows with equal keys together, in the order they come. */
export function groupRows<T extends Row>(
  rows: readonly T[],
  keyOf: (comparison: Comparison) => readonly string[],
): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row.comparison));
    const own = groups.get(key);
    if (own) own.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}
