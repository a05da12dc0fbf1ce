/** The kernel's own account of attached hooks → what their programs take of one read. */

import { levelOf } from './looks.ts';
import type { ForkValues } from './own-time.ts';
import { knownOver } from './parts.ts';
import type { KernelTimes, StudyRecord } from './record.ts';
import type { KernelTimeRow } from './results.ts';

/** One row per SUT, node, condition and mechanism; a process start is one unit. Time O(records). */
export function kernelTimeRows(study: StudyRecord): readonly KernelTimeRow[] {
  const groups = new Map<string, KernelTimes[]>();
  for (const one of study.kernelTimes ?? []) {
    const key = JSON.stringify([one.sut, one.node, one.condition, one.mechanism]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const { sut, node, condition, mechanism: treated } = group[0] as KernelTimes;
    const values = perReadByFork(group);
    const lacking = group.find(({ missing }) => missing !== '')?.missing ?? DROWNED;
    const perRead = knownOver([...values.keys()], (fork) => values.get(fork), levelOf(study), lacking);
    return { sut, condition, node, treated, reads: group.reduce((sum, { reads }) => sum + reads, 0), perRead };
  });
}

/** of one SUT, node, condition and mechanism */
export function kernelTimesOf(
  { kernelTimes = [] }: Pick<StudyRecord, 'kernelTimes'>,
  o: Pick<KernelTimes, 'sut' | 'node' | 'condition' | 'mechanism'>,
): ForkValues {
  return perReadByFork(
    kernelTimes.filter(
      (one) =>
        one.sut === o.sut && one.node === o.node && one.condition === o.condition && one.mechanism === o.mechanism,
    ),
  );
}

/** of the programs' time; what is left would be the error of what is taken off */
const MOST_OTHERS = 0.95;
export const DROWNED = 'nearly all of its programs’ time was of calls that they filter out';

/** at the entry and at the exit of a read */
const RUNS_OF_A_READ = 2;

/** The other runs are of calls and processes that are filtered out: each costs what one cost while the process beside was read from. */
function perReadByFork(times: readonly KernelTimes[]): ForkValues {
  const forks = new Map<number, KernelTimes[]>();
  for (const one of times) if (one.missing === '') forks.set(one.fork, [...(forks.get(one.fork) ?? []), one]);
  return new Map(
    [...forks].flatMap(([fork, own]): [number, number][] => {
      const sum = (of: (one: KernelTimes) => number) => own.reduce((total, one) => total + of(one), 0);
      const [reads, besideRuns] = [sum((one) => one.reads), sum((one) => one.besideRuns)];
      if (reads === 0) return [];
      const others = Math.max(0, sum((one) => one.runs) - RUNS_OF_A_READ * reads);
      const otherNs = besideRuns === 0 ? 0 : (others * sum((one) => one.besideRunTimeNs)) / besideRuns;
      const tookNs = sum((one) => one.runTimeNs);
      return otherNs > MOST_OTHERS * tookNs ? [] : [[fork, (tookNs - otherNs) / reads]];
    }),
  );
}
