/** A real study in this process: the product's plan, agent session, load generator and store, without the stream between them. */

import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError, type RecordBody, VERSION } from '#proto';
import { pinningOf } from '../../../agent/host/cores.ts';
import { hostFacts } from '../../../agent/host/facts.ts';
import { runAssignment } from '../../../agent/session/session.ts';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import { planStudy } from '../../../controller/plan/plan.ts';
import { armsOf, measuredPerArm, type ResolvedStudy } from '../../../controller/plan/study.ts';
import { createStudyStore } from '../../../controller/store/disk.ts';
import { META_SCHEMA, type StudyMeta } from '../../../controller/store/meta.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { KEYWORD, SPIN_SUT, WARMUP } from './spin-sut.ts';

const NODE = 'here';

export interface LiveStudy {
  readonly seed: number;
  /** measured requests per arm, after the warm-up */
  readonly perArm: number;
  readonly forks: number;
  readonly blocks: number;
  /** mechanisms of the alternated arms behind none and none again; `none` may be named again and again */
  readonly placed: readonly string[];
  /** mechanisms of the sliced arms behind none and none again */
  readonly attached: readonly string[];
}

export function resolved(o: LiveStudy): ResolvedStudy {
  return {
    id: `trust-${o.seed}`,
    seed: o.seed,
    suts: [{ id: SPIN_SUT, warmup: WARMUP, unitSamples: 1 }],
    placed: o.placed,
    attached: o.attached,
    unsuited: [],
    conditions: ['process'],
    action: 'observe',
    functions: ['read'],
    blockErrno: null,
    warmupFloor: null,
    until: null,
    requests: o.perArm + WARMUP,
    warmup: null,
    forks: o.forks,
    blocks: o.blocks,
    keywords: [Buffer.from(KEYWORD)],
    requestBytes: 88,
    marginNs: null,
    command: 'npm run bench:trust',
  };
}

/** Plans, measures and stores one study, and reads it back as the analysis sees it; its folder is removed.
 * @throws BenchError what an assignment failed with | cancelled */
export async function measureStudy(o: LiveStudy, signal: AbortSignal): Promise<StudyRecord> {
  const study = resolved(o);
  const outDir = mkdtempSync(join(tmpdir(), 'hookbench-trust-'));
  try {
    const store = createStudyStore(outDir, study.id);
    const meta = await metaOf(study);
    for (const assignment of planStudy(study, NODE)) {
      let sequence = 0;
      const ids = { studyId: study.id, assignmentId: assignment.assignmentId };
      const ends: (RecordBody & { body: 'end' })[] = [];
      const send = (body: RecordBody) => {
        store.append(NODE, 'run', { ...ids, sequence: ++sequence, ...body });
        if (body.body === 'end') ends.push(body);
      };
      const sink = { send, progress: () => undefined, takeDropped: () => 0 };
      await runAssignment(assignment, { pinning: pinningOf(), sink, signal: ownSignal(signal) });
      const end = ends[0]?.end;
      if (end?.status !== 'complete') throw failureOf(end);
    }
    store.close();
    store.saveMeta({ ...meta, status: 'complete', finishedAt: new Date().toISOString() });
    return readStudy(store.dir);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** every instance listens to it while it starts: one of its own for each fork, so that they do not add up */
function ownSignal(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}

function failureOf(end: (RecordBody & { body: 'end' })['end'] | undefined): BenchError {
  if (end === undefined) return new BenchError('internal', 'a fork ended without its end record');
  return new BenchError(end.code as BenchError['code'], end.message, { nextStep: end.nextStep, detail: end.detail });
}

async function metaOf(study: ResolvedStudy): Promise<StudyMeta> {
  const { id, seed, suts, conditions, action, warmup, forks, blocks, requestBytes, marginNs, command } = study;
  return {
    ...{ schema: META_SCHEMA, id, seed, conditions, action, warmup, forks, blocks, requestBytes, marginNs, command },
    status: 'running',
    startedAt: new Date().toISOString(),
    finishedAt: null,
    suts: suts.map((sut) => ({ ...sut, measured: measuredPerArm(study, sut) })),
    mechanisms: ['none', ...study.placed, ...study.attached],
    arms: armsOf(study),
    requestsPerArm: study.requests,
    keywords: study.keywords.length,
    hookbenchVersion: VERSION,
    nodes: [{ id: NODE, facts: await facts() }],
    warnings: [],
  };
}

/** asked once: it starts several programs */
let known: ReturnType<typeof hostFacts> | null = null;

function facts(): ReturnType<typeof hostFacts> {
  known ??= hostFacts({ load: 'hookbench-load', pinning: pinningOf() });
  return known;
}
