/** What to tell of a disagreement: the seed, the step, and the smallest script that shows it. */

import { type Outcome, runScripts } from './run.ts';
import type { Scenes } from './scenes.ts';
import { describeOp } from './script.ts';
import { shrink } from './shrink.ts';
import type { Subject } from './subjects.ts';

const MOST_LINES = 40;
const MOST_PROBLEMS = 6;

export interface Where {
  readonly subject: Subject;
  readonly seed: number;
  /** that the suite was asked for */
  readonly reads: number;
  readonly processes: number;
  readonly set: string;
  readonly keywords: readonly Buffer[];
  /** number of the script among those of this list */
  readonly part: number;
  readonly scenes: Scenes;
}

export async function reproduction(where: Where, first: Outcome, tries: number): Promise<string> {
  const { subject, keywords, seed, set, part } = where;
  let last = first;
  const disagrees = async (scenes: Scenes) => {
    const [outcome] = await runScripts(subject, keywords, [scenes]).catch(() => []);
    if (outcome === undefined || outcome.disagreements.length === 0) return false;
    if ((outcome.death === null) !== (first.death === null)) return false;
    last = outcome;
    return true;
  };
  await shrink(where.scenes, disagrees, tries);
  const smaller = last === first ? [] : ['Smallest script that was found to disagree:', ...problems(last)];
  return [
    `DISAGREEMENT of ${subject.name} · seed ${seed} · keywords ${set} · script ${part}`,
    ...problems(first),
    ...smaller,
    ...(last === first ? [] : steps(last)),
    `again: npm run test:conformance -- --seed ${seed} --reads ${where.reads} --processes ${where.processes} --mechanisms ${subject.mechanism.id}`,
  ].join('\n');
}

function problems({ disagreements }: Outcome): string[] {
  const more = disagreements.length - MOST_PROBLEMS;
  const lines = disagreements
    .slice(0, MOST_PROBLEMS)
    .map(({ step, what }) => `  ${step === null ? '' : `step ${step}: `}${what}`);
  return more > 0 ? [...lines, `  and ${more} more`] : lines;
}

/** All steps of a small script; of a large one those around the first step that is named. */
function steps({ script, results, disagreements }: Outcome): string[] {
  const at = disagreements.find(({ step }) => step !== null)?.step ?? 0;
  const from = script.ops.length <= MOST_LINES ? 0 : Math.max(0, at - MOST_LINES / 2);
  return script.ops.slice(from, from + MOST_LINES).map((op, i) => {
    const { done, value, error, fd } = results[from + i]!;
    const gave = done ? `→ ${value}${value < 0 ? ` (errno ${error})` : ''}, fd ${fd}` : '→ not reached';
    return `  ${from + i}  ${describeOp(op)} ${gave}`;
  });
}
