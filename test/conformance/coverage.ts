/** What a run has been through: a suite that never met an error, a split keyword or a high descriptor has not tested it. */

import type { KeywordSet } from './keyword-sets.ts';
import type { ExpectedRead } from './oracle.ts';
import type { Outcome } from './run.ts';
import { LONGEST_READ, type PlacedOp, type StepResult } from './script.ts';

const ERRNO: Readonly<Record<number, string>> = {
  4: 'EINTR',
  9: 'EBADF',
  11: 'EAGAIN',
  14: 'EFAULT',
  104: 'ECONNRESET',
};
const HIGH_FD = 1000;
const LONG_WAIT_NS = 100_000n;

export interface Coverage {
  /** reads that were made, by whichever function */
  readonly reads: number;
  readonly counted: number;
  readonly hits: number;
  readonly bytes: number;
  /** keywords that were found first in some read, as `LIST INDEX` */
  readonly found: ReadonlySet<string>;
  /** what happened → how often */
  readonly seen: ReadonlyMap<string, number>;
}

export const NO_COVERAGE: Coverage = { reads: 0, counted: 0, hits: 0, bytes: 0, found: new Set(), seen: new Map() };

export function addCoverage(sum: Coverage, outcome: Outcome, list: KeywordSet): Coverage {
  const { script, results, expectation } = outcome;
  const [main] = results;
  const counted = [...expectation.processes.values()].flatMap(({ reads }) => reads);
  const made = script.ops.flatMap((op, i) => (op.code === 'R' && results[i]!.done ? [[op, results[i]!] as const] : []));
  const seen = new Map(sum.seen);
  const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  for (const [op, result] of made) for (const what of situationsOf(op, result)) note(what);
  for (const read of counted) for (const what of situationsOfCounted(read, main!.pid)) note(what);
  return {
    reads: sum.reads + made.length,
    counted: sum.counted + counted.length,
    hits: sum.hits + counted.filter(({ keyword }) => keyword !== null).length,
    bytes: sum.bytes + counted.reduce((total, { bytes }) => total + bytes.length, 0),
    found: new Set([
      ...sum.found,
      ...counted.flatMap(({ keyword }) => (keyword === null ? [] : [`${list} ${keyword}`])),
    ]),
    seen,
  };
}

function situationsOf(op: PlacedOp, { value, error }: StepResult): string[] {
  if (value < 0) return [ERRNO[error] ?? `errno ${error}`];
  if (value > 0) return [];
  return [op.size === 0 ? 'no byte asked for' : 'end of stream'];
}

function situationsOfCounted(read: ExpectedRead, mainPid: number): string[] {
  const { call, fd, bytes, pid, tid, beforeNs, afterNs } = read;
  return [
    `by ${call}`,
    ...(fd > HIGH_FD ? ['descriptor above 1,000'] : []),
    ...(bytes.length === LONGEST_READ ? ['1 MiB at once'] : []),
    ...(pid !== mainPid ? ['in a child'] : tid !== mainPid ? ['in a thread'] : []),
    ...(afterNs - beforeNs > LONG_WAIT_NS ? ['longer than 100 us'] : []),
  ];
}
