/** A study from the request to the written results. */

import { randomBytes, randomInt } from 'node:crypto';
import {
  type Assignment,
  asBenchError,
  type BenchError,
  type Note,
  type RunStudyRequest,
  type StudyEnded,
  type StudyEvent,
  type StudyPlanned,
} from '#proto';
import type { Agents } from '../ingest/agents.ts';
import type { RecordTarget } from '../ingest/record-target.ts';
import { planForks, planStudy } from '../plan/plan.ts';
import { recordedPlan } from '../plan/recorded.ts';
import { resolveStudy } from '../plan/resolve.ts';
import { type ResolvedStudy, timedPerArm, type Until } from '../plan/study.ts';
import type { StudyMeta } from '../store/meta.ts';
import { recordFrame } from '../store/read.ts';
import type { ResultsFolder } from '../store/results-folder.ts';
import type { StudyStore } from '../store/store.ts';
import { storedSegments } from '../store/stored-segments.ts';
import { StudyLife } from './life.ts';
import { MAKING_RESULTS } from './making-results.ts';
import { metaOf } from './meta.ts';
import { type OpenedStudy, openStudy } from './open.ts';
import { checkPeers } from './peers.ts';
import { writeResults } from './results.ts';
import { type RunOutcome, runPlans } from './runner.ts';
import { UntilNarrow } from './until.ts';

/** how long the end of a study waits where the disk is full: others may be making room, and its user is waiting, too */
const WAIT_FOR_ROOM_MS = 10_000;

export interface StudyOptions {
  readonly agents: Agents;
  readonly signal: AbortSignal;
  readonly emit: (event: StudyEvent) => void;
  /** the folder of a controller that has one of its own; otherwise the request names it, and it is opened for this study */
  readonly results?: ResultsFolder;
  /** sees what the agents send */
  readonly watch?: (target: RecordTarget) => RecordTarget;
}

/** Emits `planned`, progress and notices, and last `ended`. @throws BenchError when it could not begin */
export async function runStudy(request: RunStudyRequest, o: StudyOptions): Promise<void> {
  const hellos = o.agents.hellos();
  const { study, notices } = resolveStudy(request, {
    agents: hellos,
    id: newStudyId(),
    randomSeed: randomInt(2 ** 31),
  });
  checkPeers(study.conditions, { agents: hellos.map(({ agentId }) => agentId), lenders: o.agents.lenders() });
  const plans = new Map(
    hellos.map((hello) => [hello.agentId, study.until === null ? planStudy(study, hello.agentId) : []]),
  );
  const warnings = [...notices];
  const told = [...notices];
  const opened = openStudy(request.outDir, study.id, {
    results: o.results,
    say: (detail) => told.push({ code: 'recovered', detail }),
  });
  try {
    await conduct(study, { ...o, opened, plans, warnings, told, meta: metaOf(study, { hellos, warnings }) });
  } finally {
    opened.close();
  }
}

interface Conduct extends StudyOptions {
  readonly opened: OpenedStudy;
  readonly plans: Map<string, Assignment[]>;
  /** stored with the study; grows while it runs */
  readonly warnings: Note[];
  /** to be told once it is planned */
  readonly told: readonly Note[];
  readonly meta: StudyMeta;
}

async function conduct(study: ResolvedStudy, o: Conduct): Promise<void> {
  const { plans, warnings, emit } = o;
  const { store } = o.opened;
  const life = new StudyLife(o.opened, o.meta);
  const { plannedUntil, first } = life.orFailed(() => {
    const plannedUntil =
      study.until === null ? null : untilNarrow({ ...study, until: study.until }, { meta: o.meta, plans, store, emit });
    const first = plannedUntil?.first() ?? plans;
    store.savePlan(recordedPlan(study.seed, plans));
    life.to({ status: 'running' });
    return { plannedUntil, first };
  });
  const stepsPlanned = [...first.values()].flat().reduce((total, assignment) => total + assignment.steps.length, 0);
  const steps = () => stepsPlanned * (plannedUntil?.expectedForks ?? 1);
  emit({ body: 'planned', planned: plannedEvent(study, { meta: o.meta, dir: store.dir, steps: steps() }) });
  for (const notice of o.told) emit({ body: 'notice', notice });
  const outcome = await runPlans({
    agents: o.agents,
    store: plannedUntil?.listening(store) ?? store,
    plans: first,
    more: async () => plannedUntil?.next() ?? null,
    replace: (node, assignment) => (plannedUntil === null ? replaced(study, { node, assignment, ...o }) : null),
    signal: o.signal,
    watch: o.watch,
    onProgress: (p) => emit({ body: 'progress', progress: { ...p, totalSteps: steps() } }),
    onNotice: (code, detail) => {
      warnings.push({ code, detail });
      emit({ body: 'notice', notice: { code, detail } });
    },
  });
  await tellMaking(o, outcome, steps());
  const waiting = ({ message }: BenchError) =>
    emit({
      body: 'notice',
      notice: { code: 'disk-full', detail: `the end of the study waits for room on the disk: ${message}` },
    });
  const failure = await finish(life, { store, outcome, warnings, ran: ranOf(study, plannedUntil), waiting });
  emit({ body: 'ended', ended: endedEvent(outcome, failure, store.dir) });
}

/** The analysis holds this process up for seconds: who watches must know before it begins, and have been sent it. */
async function tellMaking({ emit }: Conduct, outcome: RunOutcome, totalSteps: number): Promise<void> {
  const { doneSteps, samples } = outcome.reached;
  emit({ body: 'progress', progress: { doneSteps, totalSteps, samples, text: MAKING_RESULTS } });
  await new Promise((resolve) => setTimeout(resolve, 20));
}

function plannedEvent(study: ResolvedStudy, o: { meta: StudyMeta; dir: string; steps: number }): StudyPlanned {
  const { id: studyId, seed, forks } = study;
  const suts = study.suts.map((sut) => sut.id);
  return { studyId, dir: o.dir, seed, forks, steps: o.steps, mechanisms: [...o.meta.mechanisms], suts };
}

function endedEvent(outcome: RunOutcome, failure: BenchError | null, dir: string): StudyEnded {
  return {
    status: failure === outcome.failure ? outcome.status : 'failed',
    dir,
    code: failure?.code ?? '',
    message: failure?.message ?? '',
    nextStep: failure?.nextStep ?? '',
    detail: failure?.detail ?? '',
  };
}

/** forks one by one, each planned when it is due; the recorded plan grows with them */
function untilNarrow(
  study: ResolvedStudy & { until: Until },
  o: { meta: StudyMeta; plans: Map<string, Assignment[]>; store: StudyStore; emit: StudyOptions['emit'] },
): UntilNarrow {
  return new UntilNarrow({
    until: study.until,
    frame: recordFrame(o.meta),
    plan: (fork) => {
      const due = new Map(
        [...o.plans.keys()].map((node) => [node, planForks(study, node, { from: fork, to: fork + 1 })]),
      );
      for (const [node, assignments] of due) o.plans.get(node)?.push(...assignments);
      o.store.savePlan(recordedPlan(study.seed, o.plans));
      return due;
    },
    onLook: (notice) => o.emit({ body: 'notice', notice }),
  });
}

/** The same condition in a fork that was not planned, past the last: records of the one that ended early keep their number to themselves. */
function replaced(
  study: ResolvedStudy,
  { node, assignment, ...o }: Conduct & { node: string; assignment: Assignment },
): Assignment | null {
  const planned = o.plans.get(node) ?? [];
  const from = Math.max(...planned.map(({ fork }) => fork)) + 1;
  const other = planForks(study, node, { from, to: from + 1 }).find(
    ({ condition }) => condition === assignment.condition,
  );
  if (other === undefined) return null;
  planned.push(other);
  o.opened.store.savePlan(recordedPlan(study.seed, o.plans));
  return other;
}

/** what a study that added forks has become: as many, and as many requests */
function ranOf(study: ResolvedStudy, until: UntilNarrow | null): Partial<StudyMeta> {
  if (until === null) return {};
  const { forks, until: run } = until.ran();
  const requestsPerArm = Math.round((study.requests * forks) / study.forks);
  const suts = study.suts.map((sut) => ({ ...sut, measured: timedPerArm(study, sut, forks) }));
  return { forks, until: run, suts, requestsPerArm };
}

/** @returns the study's failure, or what went wrong while it was closed and its results were written, e.g. a full disk; what was durable
 * before stays */
async function finish(
  life: StudyLife,
  o: {
    store: StudyStore;
    outcome: RunOutcome;
    warnings: Note[];
    ran: Partial<StudyMeta>;
    waiting: (why: BenchError) => void;
  },
): Promise<BenchError | null> {
  const { failure, status } = o.outcome;
  const notClosed = failureOf(() => o.store.close());
  const causes = failure?.code === 'cancelled' ? [notClosed] : [failure, notClosed];
  for (const cause of new Set(causes)) if (cause !== null) o.warnings.push({ code: cause.code, detail: cause.message });
  const { unfinished } = o.outcome;
  const ended = {
    ...{ ...o.ran, warnings: o.warnings, finishedAt: new Date().toISOString() },
    ...(unfinished.length > 0 && { unfinished }),
  };
  // of a segment that could not be closed nobody knows what is on disk
  const last: Parameters<StudyLife['to']>[0] =
    notClosed === null
      ? { ...ended, status, segments: storedSegments(o.store.runs()) }
      : { ...ended, status: 'failed' };
  const notSaved = await life.end(last, { mostMs: WAIT_FOR_ROOM_MS, waiting: o.waiting }).then(
    () => null,
    (error: unknown) => asBenchError(error),
  );
  const notWritten = failureOf(() => writeResults(o.store.dir));
  return notClosed ?? notSaved ?? notWritten ?? failure;
}

function failureOf(work: () => unknown): BenchError | null {
  try {
    work();
    return null;
  } catch (error) {
    return asBenchError(error);
  }
}

function newStudyId(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}
