/** Where a shift comes from: the hook's own time, the way into it, and the rest. Every interval is over process starts. */

import type { Draft } from './compare.ts';
import { decompositionSentence } from './decomposition-sentences.ts';
import { DROWNED, kernelTimesOf } from './kernel-time.ts';
import { levelOf } from './looks.ts';
import { type ForkValues, meanByFork, ownTimeAtCaller } from './own-time.ts';
import { type Claimed, knownOver, microOf, readsOf } from './parts.ts';
import type { StudyRecord } from './record.ts';
import type { Comparison, Decomposition, Part } from './results.ts';

/** @param drafts, comparisons the treated rows, in equal order
 * @returns one per interleaved row. Its parts are of the process starts that have all of them, paired: a start's read in the loop is taken off its
 * own requests. A part is null, with the reason, where a clock it rests on was not there.
 * Time O(n log n) of the caller's cells. */
export function decompositions(
  study: StudyRecord,
  drafts: readonly Draft[],
  comparisons: readonly Comparison[],
): readonly Decomposition[] {
  const rows = drafts.flatMap((draft, i): Claimed[] => {
    const comparison = comparisons[i];
    return comparison === undefined || draft.cell.design === 'sequential' ? [] : [{ draft, comparison }];
  });
  return rows.map((row) => decompose(study, row, microOf(rows, row)));
}

function decompose(study: StudyRecord, row: Claimed, micro: Claimed | null): Decomposition {
  const { sut, condition, node, vantage, design, treated } = row.comparison;
  const reads = vantage === 'caller' ? 1 : readsOf(study, row.comparison);
  const { own, ownBy } = micro === null || study.action === 'block' ? NOBODY : ownTimeOf(study, micro);
  const parts = partsOf(study, { row, micro, reads, own });
  const named = { sut, condition, node, vantage, design, treated };
  const found: Omit<Decomposition, 'sentence'> = {
    ...named,
    micro: micro?.comparison.sut ?? null,
    readsPerRequest: reads,
    ownBy,
    ...parts,
  };
  return { ...found, sentence: decompositionSentence(found) };
}

interface OwnTime {
  readonly own: ForkValues;
  readonly ownBy: Decomposition['ownBy'];
}

const NOBODY: OwnTime = { own: new Map(), ownBy: null };

/** per read of the loop */
function ownTimeOf(study: StudyRecord, { draft, comparison }: Claimed): OwnTime {
  const own = ownTimeAtCaller(study, draft);
  if (own.size > 0) return { own, ownBy: 'interposer' };
  const { sut, node, condition, treated: mechanism } = comparison;
  const counted =
    comparison.design === 'sliced' ? kernelTimesOf(study, { sut, node, condition, mechanism }) : new Map();
  return counted.size > 0 ? { own: counted, ownBy: 'bpf-statistics' } : NOBODY;
}

interface Given {
  readonly row: Claimed;
  readonly micro: Claimed | null;
  readonly reads: number | null;
  readonly own: ForkValues;
}

type Parts = Pick<Decomposition, 'shift' | 'own' | 'dispatch' | 'call' | 'rest'>;

function partsOf(study: StudyRecord, { row, micro, reads, own }: Given): Parts {
  const shifts = meanByFork(row.draft.paired);
  const blocked = whyNot(row, micro, reads);
  const over = (of: (fork: number) => number | undefined, lacking: string): Part =>
    knownOver([...shifts.keys()], of, levelOf(study), lacking);
  if (blocked !== null || micro === null || reads === null) {
    const unknown: Part = { estimateNs: null, why: blocked ?? FEW };
    const shift = row.comparison.verdict === 'invalid' ? unknown : over((fork) => shifts.get(fork), FEW);
    return { shift, own: unknown, dispatch: unknown, call: unknown, rest: unknown };
  }
  const loop = meanByFork(micro.draft.paired);
  /** ns a request, of the forks in which the loop ran too */
  const shiftOf = (fork: number) => (loop.has(fork) ? shifts.get(fork) : undefined);
  const callOf = (fork: number) => times(reads, loop.get(fork));
  const ownOf = (fork: number) => (loop.has(fork) ? times(reads, own.get(fork)) : undefined);
  const noClock = own.size === 0 ? whyNoClock(study, row) : FEW;
  return {
    shift: over(shiftOf, FEW),
    own: over(ownOf, noClock),
    dispatch: over((fork) => less(callOf(fork), ownOf(fork)), noClock),
    call: over(callOf, FEW),
    rest:
      row.comparison.vantage === 'caller'
        ? { estimateNs: null, why: "the caller's clock holds nothing but the call" }
        : over((fork) => less(shiftOf(fork), callOf(fork)), FEW),
  };
}

const FEW = 'fewer than two process starts have all that it takes';

function whyNot({ comparison }: Claimed, micro: Claimed | null, reads: number | null): string | null {
  if (comparison.verdict === 'invalid') return 'the comparison is invalid';
  if (micro === null) return 'no SUT that times its own reads (read-loop) was measured with this hook';
  if (micro.comparison.verdict === 'invalid') return `the comparison of ${micro.comparison.sut} is invalid`;
  return reads === null ? 'the reads of a request were not counted' : null;
}

function whyNoClock(study: StudyRecord, { comparison }: Claimed): string {
  if (study.action === 'block') return "with action block the hook's clock times refused requests too";
  return comparison.design === 'sliced'
    ? `the kernel's clock times the call, not the hook, and there are no run-time statistics${reasonOf(study, comparison)}`
    : 'the hook has no clock of its own';
}

function reasonOf({ kernelTimes = [] }: StudyRecord, { treated, node }: Comparison): string {
  const own = kernelTimes.filter((one) => one.mechanism === treated && one.node === node);
  const told = own.find(({ missing }) => missing !== '')?.missing ?? (own.length === 0 ? 'nobody counted' : DROWNED);
  return ` (${told})`;
}

function times(factor: number, value: number | undefined): number | undefined {
  return value === undefined ? undefined : factor * value;
}

function less(whole: number | undefined, part: number | undefined): number | undefined {
  return whole === undefined || part === undefined ? undefined : whole - part;
}
