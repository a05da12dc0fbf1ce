/** A request beside its reads in a loop: what a micro benchmark promises and what a macro benchmark sees (recommendations 5 and 6). */

import type { Draft } from './compare.ts';
import { type Inside, insides } from './inside-forks.ts';
import { levelOf } from './looks.ts';
import { microMacroSentence } from './micro-macro-sentences.ts';
import { meanByFork } from './own-time.ts';
import { type Claimed, knownOver, microOf, readsOf } from './parts.ts';
import type { StudyRecord } from './record.ts';
import type { Comparison, MicroMacro, Part } from './results.ts';

/** @param drafts, comparisons the treated rows, in equal order
 * @returns one per row at the client whose hook was measured at a caller in the same place, neither being invalid */
export function microMacroRows(
  study: StudyRecord,
  drafts: readonly Draft[],
  comparisons: readonly Comparison[],
): readonly MicroMacro[] {
  const rows = drafts.flatMap((draft, i): Claimed[] => {
    const comparison = comparisons[i];
    return comparison === undefined || comparison.verdict === 'invalid' ? [] : [{ draft, comparison }];
  });
  return rows.flatMap((row) => {
    const micro = row.comparison.vantage === 'client' ? microOf(rows, row) : null;
    return micro === null ? [] : [sideBySide(study, row, micro)];
  });
}

function sideBySide(study: StudyRecord, macro: Claimed, micro: Claimed): MicroMacro {
  const { sut, condition, node, design, treated } = macro.comparison;
  const reads = readsOf(study, macro.comparison);
  const requests = meanByFork(macro.draft.paired);
  const loop = meanByFork(micro.draft.paired);
  const over = (of: (fork: number) => number | undefined, lacking = FEW): Part =>
    knownOver([...requests.keys()], of, levelOf(study), lacking);
  const differenceOf = (fork: number) => {
    const [request, read] = [requests.get(fork), loop.get(fork)];
    return reads === null || request === undefined || read === undefined ? undefined : request - reads * read;
  };
  const found: Omit<MicroMacro, 'sentence'> = {
    ...{ sut, micro: micro.comparison.sut, condition, node, design, treated, readsPerRequest: reads },
    request: over((fork) => requests.get(fork)),
    read: over((fork) => loop.get(fork)),
    difference: over(differenceOf, reads === null ? 'the reads of a request were not counted' : FEW),
    ...insideParts(study, macro, micro, over),
  };
  return { ...found, sentence: microMacroSentence(found) };
}

const FEW = 'fewer than two process starts have both';
const NO_CLOCK = 'the mechanism has no clock of its own in both';

function insideParts(
  study: StudyRecord,
  macro: Claimed,
  micro: Claimed,
  over: (of: (fork: number) => number | undefined, lacking: string) => Part,
): Pick<MicroMacro, 'insideRequest' | 'insideLoop' | 'insideDifference'> {
  const arm = study.arms.find(({ mechanism }) => mechanism === macro.comparison.treated);
  const clocks = (of: Claimed) =>
    arm === undefined ? [] : insides(study, of.draft.cell, arm).filter(({ medians }) => medians.size > 0);
  const there = clocks(macro)[0];
  const here = clocks(micro).find((one) => isSameClock(one, there));
  const at = (inside: Inside | undefined) => (fork: number) => (there && here ? inside?.medians.get(fork) : undefined);
  const [inRequest, inLoop] = [at(there), at(here)];
  return {
    insideRequest: over(inRequest, NO_CLOCK),
    insideLoop: over(inLoop, NO_CLOCK),
    insideDifference: over((fork) => {
      const [request, loop] = [inRequest(fork), inLoop(fork)];
      return request === undefined || loop === undefined ? undefined : request - loop;
    }, NO_CLOCK),
  };
}

function isSameClock(a: Inside, b: Inside | undefined): boolean {
  return b !== undefined && a.vantage === b.vantage && a.source === b.source;
}
