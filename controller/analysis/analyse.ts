import { holm } from '../stats/holm.ts';
import { merged } from '../stats/samples.ts';
import { hasFailed, nameOf, summariseAa } from './aa.ts';
import { acrossPlaces } from './across.ts';
import { bystanders } from './bystander.ts';
import { compareArms, type DescribedArm, type Draft, describeArm } from './compare.ts';
import { decompositions } from './decomposition.ts';
import { insideViews } from './inside.ts';
import { kernelTimeRows } from './kernel-time.ts';
import { untilSummary } from './looks.ts';
import { microMacroRows } from './micro-macro.ts';
import { rankings } from './ranking.ts';
import { recommendations } from './recommendations.ts';
import type { Arm, StudyRecord } from './record.ts';
import { type Comparison, type Flag, RESULTS_SCHEMA, type Results, type Vantage } from './results.ts';
import { type ArmSamples, armSamples, type Cell, cellsOf, halvesOf } from './select.ts';
import { type AaState, sentenceOf } from './sentences.ts';
import { traceRows } from './traces.ts';
import { verdictOf } from './verdict.ts';
import { warmupOf } from './warmup.ts';

/** A stored study → what is claimed about it. Pure: the same record gives the same results.
 * @param study complete or not; what is missing is flagged or warned of, never guessed
 * @returns the contract `hookbench.results/v1`
 * Comparisons stay within one SUT, node, condition, vantage and design. Holm runs over the treated comparisons of the study,
 * and apart from them over its A/A rows. Time O(n log n); about 14 bytes per sample of the largest cell beside the record. */
export function analyse(study: StudyRecord): Results {
  const cells = cellsOf(study, COMPARED);
  const drafts = cells.flatMap((cell) => draftsOf(study, cell));
  const aaDrafts = drafts.filter((draft) => draft.isAa);
  const treatedDrafts = drafts.filter((draft) => !draft.isAa);
  const aaHolm = holmOver(aaDrafts);
  const stateOf = (draft: Draft) => aaState(draft, aaDrafts, aaHolm);
  const treatedHolm = holmOver(treatedDrafts);
  const finishAll = (some: readonly Draft[], pHolm: ReadonlyMap<Draft, number>) =>
    some.map((draft) => finish(study, draft, pHolm.get(draft) ?? 1, stateOf(draft)));
  const comparisons = finishAll(treatedDrafts, treatedHolm);
  const aaRows = finishAll(aaDrafts, aaHolm);
  const unjudged = treatedDrafts.map(({ cell }) => cell).filter((cell) => !hasRow(cell, aaDrafts));
  const inside = insideViews(study);
  const microMacro = microMacroRows(study, treatedDrafts, comparisons);
  const until = untilSummary(study, comparisons);
  const untilNote = until === null ? [] : [{ code: 'until', detail: until.sentence }];
  return {
    schema: RESULTS_SCHEMA,
    study: { ...headOf(study), until },
    nodes: study.nodes,
    comparisons,
    aa: summariseAa(aaRows, [...new Set(unjudged.map(nameOf))]),
    parity: study.parity,
    loss: study.loss,
    inside,
    mechanisms: study.catalogue,
    unsuited: study.unsuited ?? [],
    traces: traceRows(study),
    blocking: study.blocking,
    ...acrossPlaces(study, treatedDrafts, comparisons),
    rankings: rankings(study, treatedDrafts, comparisons),
    decomposition: decompositions(study, treatedDrafts, comparisons),
    bystanders: bystanders(study),
    kernelTimes: kernelTimeRows(study),
    microMacro,
    ...(study.observations?.length ? { observations: study.observations } : {}),
    recommendations: recommendations(study, comparisons, inside, microMacro),
    warnings: [...study.warnings, ...untilNote, ...missingWarnings(study, comparisons)],
  };
}

const COMPARED: readonly Vantage[] = ['client', 'caller'];
const MIN_SAMPLES = 2;

function draftsOf(study: StudyRecord, cell: Cell): readonly Draft[] {
  const warmup = warmupOf(study, cell);
  const baselineArm = baselineOf(study.arms);
  const halved = (arm: Arm) => arm === baselineArm && cell.design === 'sequential';
  const described = study.arms.flatMap((arm) => {
    const samples = armSamples(cell, arm.index, warmup.forks);
    if (samples.latencyNs.length < MIN_SAMPLES) return [];
    return [halved(arm) ? describeByHalves(arm, samples) : { whole: describeArm(arm, samples), halves: null }];
  });
  const baseline = described.find(({ whole }) => whole.arm === baselineArm);
  if (!baseline) return [];
  const compare = (before: DescribedArm, after: DescribedArm) => compareArms(study, { cell, warmup }, before, after);
  const drafts = described.filter((one) => one !== baseline).map(({ whole }) => compare(baseline.whole, whole));
  return baseline.halves === null ? drafts : [compare(...baseline.halves), ...drafts];
}

interface Halved {
  readonly whole: DescribedArm;
  /** null where one would be too short */
  readonly halves: readonly [DescribedArm, DescribedArm] | null;
}

/** Imported data has no A/A arm: the baseline's second half against its first stands in for it. */
function describeByHalves(arm: Arm, samples: ArmSamples): Halved {
  const [first, second] = halvesOf(samples);
  if (Math.min(first.latencyNs.length, second.latencyNs.length) < MIN_SAMPLES)
    return { whole: describeArm(arm, samples), halves: null };
  const halves = [describeArm(arm, first), describeArm({ ...arm, aa: true }, second)] as const;
  // sorting the halves is most of sorting the whole
  return { whole: describeArm(arm, samples, merged(halves[0].sorted, halves[1].sorted)), halves };
}

function baselineOf(arms: readonly Arm[]): Arm | undefined {
  return arms.find((arm) => arm.mechanism === 'none' && !arm.aa);
}

function holmOver(drafts: readonly Draft[]): ReadonlyMap<Draft, number> {
  const tested = drafts.flatMap((draft) => (draft.inference ? [{ draft, p: draft.inference.estimate.p }] : []));
  const adjusted = holm(tested.map(({ p }) => p));
  return new Map(tested.map(({ draft }, i) => [draft, adjusted[i] as number]));
}

function aaState(draft: Draft, aaDrafts: readonly Draft[], pHolm: ReadonlyMap<Draft, number>): AaState {
  const own = aaDrafts.filter(({ cell }) => cell === draft.cell);
  const failed = own.filter((aa) => hasFailed(pHolm.get(aa) ?? null));
  if (failed.length > 0) return failed.every((aa) => towersOver(draft, aa)) ? 'drifting' : 'failed';
  return own.some((aa) => aa.inference !== null) ? 'clean' : 'missing';
}

/** A baseline's halves are not a run against a run: they disprove a difference between sequential arms only where they differ by as much. */
function towersOver(draft: Draft, aa: Draft): boolean {
  if (draft.isAa || draft.cell.design !== 'sequential' || !draft.inference || !aa.inference) return false;
  const { lowNs, highNs } = draft.inference.estimate;
  const own = aa.inference.estimate;
  const furthestNs = Math.max(Math.abs(own.lowNs), Math.abs(own.highNs));
  return lowNs > furthestNs || highNs < -furthestNs;
}

function hasRow(cell: Cell, aaDrafts: readonly Draft[]): boolean {
  return aaDrafts.some((draft) => draft.cell === cell);
}

function finish(study: StudyRecord, draft: Draft, pHolm: number, aa: AaState): Comparison {
  const { inference, blocks, forks, measured, isAa } = draft;
  const statistic = draft.cell.design === 'sequential' ? ({ statistic: 'mean' } as const) : {};
  const block = inference ? { ...inference.estimate, ...statistic, blocks, forks, pHolm } : null;
  const unsure = [...draft.flags, ...aaFlag(draft, aa)];
  const verdict = verdictOf(inference, pHolm, study.marginNs, unsure);
  const flags = verdict === 'implausible' ? [...unsure, NEGATIVE] : unsure;
  const sentence = sentenceOf(verdict, { ...measured, block, flags }, aa, study.marginNs, isAa);
  return { ...measured, block, verdict, sentence, flags };
}

const NEGATIVE: Flag = {
  code: 'negative-overhead',
  detail: "The treated arm is significantly faster than the baseline; a hook can't be.",
};

function aaFlag({ cell }: Draft, aa: AaState): readonly Flag[] {
  if (aa !== 'failed') return [];
  const detail =
    cell.design === 'sequential'
      ? "The baseline's own halves differ by as much as the arms may, so a difference between the arms says nothing about the hook."
      : `None against none differs significantly (${nameOf(cell)}), so a difference here may be the instrument's own.`;
  return [{ code: 'aa-failed', detail }];
}

/** a planned mechanism that no comparison speaks of must not vanish silently */
function missingWarnings(study: StudyRecord, comparisons: readonly Comparison[]): Results['warnings'] {
  const treated = study.arms.filter((arm) => arm.mechanism !== 'none');
  return study.suts.flatMap((sut) =>
    treated
      .filter(({ mechanism }) => !isUnsuited(study, sut, mechanism))
      .filter(({ mechanism }) => !comparisons.some((row) => row.sut === sut && row.treated === mechanism))
      .map(({ mechanism }) => ({
        code: 'not-compared',
        detail: `${sut}: ${mechanism} has no comparison, because it or its baseline has fewer than ${MIN_SAMPLES} measured samples.`,
      })),
  );
}

function isUnsuited({ unsuited = [] }: StudyRecord, sut: string, mechanism: string): boolean {
  return unsuited.some((pair) => pair.sut === sut && pair.mechanism === mechanism);
}

function headOf(study: StudyRecord): Omit<Results['study'], 'until'> {
  const { id, seed, startedAt, finishedAt, status, requestsPerArm, warmup, forks, blocks, action } = study;
  const { suts, mechanisms, conditions, keywords, hookbenchVersion, command } = study;
  return {
    ...{ id, seed, startedAt, finishedAt, status, requestsPerArm, warmup, forks, blocks, action },
    ...{ suts, mechanisms, conditions, keywords, hookbenchVersion, command },
    functions: study.functions,
    blockErrno: study.blockErrno ?? null,
    timed: action === 'block' ? 'requests without a keyword' : 'all requests',
  };
}
