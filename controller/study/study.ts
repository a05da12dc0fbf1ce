/** A study from the request to the written results. */

import { randomBytes, randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import {
  type Assignment,
  asBenchError,
  BenchError,
  type Hello,
  type RunStudyRequest,
  type StudyEvent,
  VERSION,
} from '#proto';
import type { MechanismFacts } from '../analysis/results.ts';
import type { Agents, RecordTarget } from '../ingest/agents.ts';
import { planForks, planStudy } from '../plan/plan.ts';
import { recordedPlan } from '../plan/recorded.ts';
import { resolveStudy } from '../plan/resolve.ts';
import { armsOf, type ResolvedStudy, timedPerArm, type Until } from '../plan/study.ts';
import { createStudyStore } from '../store/disk.ts';
import { META_SCHEMA, type StudyMeta } from '../store/meta.ts';
import { recordFrame } from '../store/read.ts';
import type { StudyStore } from '../store/store.ts';
import { writeResults } from './results.ts';
import { runPlans } from './runner.ts';
import { UntilNarrow } from './until.ts';

export interface StudyOptions {
  readonly agents: Agents;
  readonly signal: AbortSignal;
  readonly emit: (event: StudyEvent) => void;
  /** sees what the agents send */
  readonly watch?: (target: RecordTarget) => RecordTarget;
}

/** Emits `planned`, progress and notices, and last `ended`. @throws BenchError when it could not begin */
export async function runStudy(request: RunStudyRequest, o: StudyOptions): Promise<void> {
  const { study, notices } = resolveStudy(request, {
    agents: o.agents.hellos(),
    id: newStudyId(),
    randomSeed: randomInt(2 ** 31),
  });
  const hellos = o.agents.hellos();
  const plans = new Map(
    hellos.map((hello) => [hello.agentId, study.until === null ? planStudy(study, hello.agentId) : []]),
  );
  const store = openStore(resolve(request.outDir || 'results'), study.id);
  const warnings = [...notices];
  let meta = metaOf(study, { hellos, warnings });
  store.saveMeta(meta);
  const plannedUntil =
    study.until === null ? null : untilNarrow({ ...study, until: study.until }, { meta, plans, store, emit: o.emit });
  const first = plannedUntil?.first() ?? plans;
  store.savePlan(recordedPlan(study.seed, plans));
  const stepsPlanned = [...first.values()].flat().reduce((total, assignment) => total + assignment.steps.length, 0);
  const steps = () => stepsPlanned * (plannedUntil?.expectedForks ?? 1);
  o.emit({
    body: 'planned',
    planned: {
      studyId: study.id,
      dir: store.dir,
      seed: study.seed,
      forks: study.forks,
      steps: steps(),
      mechanisms: [...meta.mechanisms],
      suts: study.suts.map((sut) => sut.id),
    },
  });
  for (const notice of notices) o.emit({ body: 'notice', notice });
  const outcome = await runPlans({
    agents: o.agents,
    store: plannedUntil?.listening(store) ?? store,
    plans: first,
    more: async () => plannedUntil?.next() ?? null,
    signal: o.signal,
    watch: o.watch,
    onProgress: (p) => o.emit({ body: 'progress', progress: { ...p, totalSteps: steps() } }),
    onNotice: (code, detail) => {
      warnings.push({ code, detail });
      o.emit({ body: 'notice', notice: { code, detail } });
    },
  });
  if (outcome.failure !== null && outcome.failure.code !== 'cancelled') {
    warnings.push({ code: outcome.failure.code, detail: outcome.failure.message });
  }
  meta = {
    ...meta,
    ...ranOf(study, plannedUntil),
    warnings,
    status: outcome.status,
    finishedAt: new Date().toISOString(),
  };
  const failure = finish(store, meta) ?? outcome.failure;
  o.emit({
    body: 'ended',
    ended: {
      status: failure === outcome.failure ? outcome.status : 'failed',
      dir: store.dir,
      code: failure?.code ?? '',
      message: failure?.message ?? '',
      nextStep: failure?.nextStep ?? '',
      detail: failure?.detail ?? '',
    },
  });
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

/** what a study that added forks has become: as many, and as many requests */
function ranOf(study: ResolvedStudy, until: UntilNarrow | null): Partial<StudyMeta> {
  if (until === null) return {};
  const { forks, until: run } = until.ran();
  const requestsPerArm = Math.round((study.requests * forks) / study.forks);
  const suts = study.suts.map((sut) => ({ ...sut, measured: timedPerArm(study, sut, forks) }));
  return { forks, until: run, suts, requestsPerArm };
}

/** @returns what went wrong while the results were written, e.g. a full disk; the samples stored before stay */
function finish(store: StudyStore, meta: StudyMeta): BenchError | null {
  try {
    store.close();
    store.saveMeta(meta);
    writeResults(store.dir);
    return null;
  } catch (error) {
    return asBenchError(error);
  }
}

function openStore(outDir: string, id: string): StudyStore {
  try {
    return createStudyStore(outDir, id);
  } catch (cause) {
    const nextStep = 'choose another folder with --out';
    const message = `the study's folder can't be made in ${outDir}: ${(cause as Error).message}`;
    throw new BenchError((cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk-full' : 'usage', message, {
      nextStep,
      cause,
    });
  }
}

function metaOf(
  study: ResolvedStudy,
  o: { hellos: ReturnType<Agents['hellos']>; warnings: StudyMeta['warnings'] },
): StudyMeta {
  const {
    keywords,
    requests,
    id,
    seed,
    suts,
    conditions,
    action,
    warmup,
    warmupFloor,
    forks,
    blocks,
    requestBytes,
    marginNs,
    command,
  } = study;
  return {
    schema: META_SCHEMA,
    id,
    seed,
    status: 'running',
    startedAt: new Date().toISOString(),
    finishedAt: null,
    suts: suts.map((sut) => ({ ...sut, measured: timedPerArm(study, sut) })),
    mechanisms: ['none', ...study.placed, ...study.attached],
    conditions,
    arms: armsOf(study),
    action,
    functions: study.functions,
    blockErrno: study.blockErrno,
    catalogue: catalogueOf(o.hellos),
    ...(action === 'trace' && { keywordList: keywords.map((word) => Buffer.from(word).toString('latin1')) }),
    requestsPerArm: requests,
    warmup,
    warmupFloor,
    until: null,
    forks,
    blocks,
    keywords: keywords.length,
    requestBytes,
    marginNs,
    command,
    hookbenchVersion: VERSION,
    nodes: o.hellos.map((hello) => ({ id: hello.agentId, facts: hello.host })),
    warnings: o.warnings,
  };
}

/** of several agents the first that knows a mechanism speaks for all */
function catalogueOf(hellos: readonly Hello[]): MechanismFacts[] {
  const entries = new Map<string, MechanismFacts>();
  for (const { id, layer, actions, functions, limits } of hellos.flatMap((hello) => hello.mechanisms)) {
    if (!entries.has(id)) entries.set(id, { id, layer, actions, functions, limits, manner: [] });
  }
  return [...entries.values()];
}

function newStudyId(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}
