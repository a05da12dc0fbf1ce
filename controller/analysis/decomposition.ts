/** Where a shift comes from: the hook's own time, the way into it, and the rest. Every interval is over process starts. */

import type { Draft } from './compare.ts';
import { decompositionSentence } from './decomposition-sentences.ts';
import { DROWNED, kernelTimesOf } from './kernel-time.ts';
import { levelOf } from './looks.ts';
import { type ForkValues, holdsWorkAlone, meanByFork, ownTimeAtCaller, ownTimeByWorkClock } from './own-time.ts';
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
  const atCaller = study.batches.filter(({ vantage }) => vantage === 'caller');
  const loops = [...new Set(atCaller.map(({ sut }) => sut))];
  return rows.map((row) => decompose(study, row, microOf(rows, row), loops));
}

function decompose(study: StudyRecord, row: Claimed, micro: Claimed | null, loops: readonly string[]): Decomposition {
  const { sut, condition, node, vantage, design, treated } = row.comparison;
  const reads = vantage === 'caller' ? 1 : readsOf(study, row.comparison);
  const { own, ownBy } = study.action === 'block' ? NOBODY : ownTimeOf(study, row, micro);
  const noLoop = micro === null ? whyNoLoop(study, row, loops) : null;
  const parts = partsOf(study, { row, micro, reads, own, noLoop });
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

/** per read: of the loop, or of the requests themselves where the hook's clock holds nothing but its work */
function ownTimeOf(study: StudyRecord, row: Claimed, micro: Claimed | null): OwnTime {
  if (holdsWorkAlone(study, row.comparison.treated)) {
    const own = ownTimeByWorkClock(study, row.draft);
    return own.size > 0 ? { own, ownBy: 'work-clock' } : NOBODY;
  }
  if (micro === null) return NOBODY;
  const { draft, comparison } = micro;
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
  /** why nothing tells what one read costs in a loop; null where something does */
  readonly noLoop: string | null;
}

type Parts = Pick<Decomposition, 'shift' | 'own' | 'dispatch' | 'call' | 'rest' | 'beyondOwn'>;

function partsOf(study: StudyRecord, given: Given): Parts {
  const { row, micro, reads, own } = given;
  const shifts = meanByFork(row.draft.paired);
  const over = (of: (fork: number) => number | undefined, lacking: string): Part =>
    knownOver([...shifts.keys()], of, levelOf(study), lacking);
  if (row.comparison.verdict === 'invalid') {
    const unknown: Part = { estimateNs: null, why: 'the comparison is invalid' };
    return { shift: unknown, own: unknown, dispatch: unknown, call: unknown, rest: unknown, beyondOwn: unknown };
  }
  const blocked = whyNot(given);
  if (blocked !== null || micro === null || reads === null) {
    const unknown: Part = { estimateNs: null, why: blocked ?? FEW };
    const hasOwn = own.size > 0 && reads !== null;
    /** of the starts in which the hook's clock ran too, where it tells anything */
    const shiftOf = (fork: number) => (!hasOwn || own.has(fork) ? shifts.get(fork) : undefined);
    const ownOf = (fork: number) => (reads === null ? undefined : times(reads, own.get(fork)));
    const byOwn = hasOwn
      ? { own: over(ownOf, FEW), beyondOwn: over((fork) => less(shiftOf(fork), ownOf(fork)), FEW) }
      : { own: unknown, beyondOwn: unknown };
    return { shift: over(shiftOf, FEW), dispatch: unknown, call: unknown, rest: unknown, ...byOwn };
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
    beyondOwn: over((fork) => less(shiftOf(fork), ownOf(fork)), noClock),
  };
}

const FEW = 'fewer than two process starts have all that it takes';

function whyNot({ micro, reads, noLoop }: Given): string | null {
  if (noLoop !== null) return noLoop;
  if (micro?.comparison.verdict === 'invalid') return `the comparison of ${micro.comparison.sut} is invalid`;
  return reads === null ? 'the reads of a request were not counted' : null;
}

function whyNoLoop(study: StudyRecord, { comparison: { treated } }: Claimed, loops: readonly string[]): string {
  const pair = study.unsuited?.find(({ sut, mechanism }) => mechanism === treated && loops.includes(sut));
  if (pair === undefined) return 'no SUT that times its own reads (read-loop) was measured with this hook';
  const because = pair.why === undefined ? '' : `: ${pair.why}`;
  const clock = holdsWorkAlone(study, treated) ? '' : "; and the hook's own clock holds the read too";
  return `${pair.sut}, which times its own reads, can't have this hook${because}${clock}`;
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
