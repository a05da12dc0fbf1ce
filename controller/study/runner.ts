/** Runs one study over the connected agents: dispatches the plan fork by fork, stores what comes back, and says how it ended. */

import { type Assignment, asBenchError, BenchError, type Hello, type MeasurementRecord, type Progress } from '#proto';
import type { Agents, RecordTarget } from '../ingest/agents.ts';
import { streamLoss } from '../store/count-rows.ts';
import type { StudyStore } from '../store/store.ts';

/** how long an agent may be away in the middle of a study before it is given up */
const AGENT_GRACE_MS = 20_000;
/** how long a cancelled agent may take to undo and report */
const CANCEL_GRACE_MS = 90_000;

export interface RunOutcome {
  readonly status: 'complete' | 'interrupted' | 'failed';
  readonly failure: BenchError | null;
}

export interface RunOptions {
  readonly agents: Agents;
  readonly store: StudyStore;
  /** assignments of each agent, in order */
  readonly plans: ReadonlyMap<string, readonly Assignment[]>;
  readonly signal: AbortSignal;
  readonly onProgress: (p: { doneSteps: number; samples: number; text: string }) => void;
  readonly onNotice: (code: string, detail: string) => void;
}

export async function runPlans(o: RunOptions): Promise<RunOutcome> {
  const run = new StudyRun(o);
  o.agents.target = run;
  o.signal.addEventListener('abort', () => run.cancel(new BenchError('cancelled', 'the study was cancelled')));
  if (o.signal.aborted) run.cancel(new BenchError('cancelled', 'the study was cancelled'));
  try {
    await Promise.all([...o.plans].map(([agent, assignments]) => run.agentPlan(agent, assignments)));
    await run.sync().catch((error: unknown) => run.cancel(asBenchError(error)));
  } finally {
    o.agents.target = null;
  }
  const { failure } = run;
  if (failure === null) return { status: 'complete', failure };
  return { status: failure.code === 'cancelled' ? 'interrupted' : 'failed', failure };
}

interface Open {
  readonly assignment: Assignment;
  readonly ended: (how: 'ended' | BenchError) => void;
}

class StudyRun implements RecordTarget {
  readonly #o: RunOptions;
  readonly #open = new Map<string, Open>();
  readonly #away = new Map<string, NodeJS.Timeout>();
  readonly #doneSteps = new Map<string, number>();
  readonly #currentSteps = new Map<string, number>();
  #samples = 0;
  #lost = 0;
  /** the first cause wins */
  failure: BenchError | null = null;

  constructor(o: RunOptions) {
    this.#o = o;
  }

  async agentPlan(agent: string, assignments: readonly Assignment[]): Promise<void> {
    for (const assignment of assignments) {
      if (this.failure !== null) return;
      const outcome = await new Promise<'ended' | BenchError>((resolve) => {
        this.#open.set(agent, { assignment, ended: resolve });
        if (!this.#o.agents.assign(agent, assignment)) this.#startGrace(agent, 'it is not connected');
      });
      this.#open.delete(agent);
      this.#currentSteps.delete(agent);
      this.#doneSteps.set(agent, (this.#doneSteps.get(agent) ?? 0) + assignment.steps.length);
      if (outcome !== 'ended') this.cancel(outcome);
    }
  }

  /** Stops every agent; what was measured is kept. */
  cancel(cause: BenchError): void {
    if (this.failure !== null) return;
    this.failure = cause;
    for (const [agent, { assignment, ended }] of this.#open) {
      const told = this.#o.agents.cancel(agent, assignment.assignmentId);
      if (told) setTimeout(() => ended('ended'), CANCEL_GRACE_MS).unref();
      else ended('ended');
    }
  }

  append(agent: Hello, record: MeasurementRecord): void {
    const open = this.#open.get(agent.agentId);
    if (open?.assignment.assignmentId !== record.assignmentId) {
      this.#o.onNotice(
        'stray-record',
        `agent ${agent.agentId} sent a record of ${record.assignmentId}, which is not under way`,
      );
      return;
    }
    this.#keep(agent, record);
    if (record.body !== 'end') return;
    const { status, code, message, nextStep, detail } = record.end;
    if (status === 'failed') open.ended(new BenchError(code as BenchError['code'], message, { nextStep, detail }));
    else open.ended('ended');
  }

  async sync(): Promise<void> {
    await this.#o.store.sync();
  }

  progress(agent: Hello, progress: Progress): void {
    this.#currentSteps.set(agent.agentId, progress.doneSteps);
    const open = this.#open.get(agent.agentId);
    const doneSteps = sum(this.#doneSteps) + sum(this.#currentSteps);
    const fork = open === undefined ? '' : `fork ${open.assignment.fork + 1}: `;
    const who = this.#o.plans.size > 1 ? `${agent.agentId}: ` : '';
    this.#o.onProgress({ doneSteps, samples: this.#samples, text: `${who}${fork}${progress.text}` });
  }

  gone(agent: Hello, reason: string): void {
    if (!this.#open.has(agent.agentId)) return;
    this.#o.onNotice(
      'agent-away',
      `agent ${agent.agentId} is away (${reason}); waiting ${AGENT_GRACE_MS / 1000} s for it`,
    );
    this.#startGrace(agent.agentId, reason);
  }

  back(agent: Hello): void {
    clearTimeout(this.#away.get(agent.agentId));
    this.#away.delete(agent.agentId);
  }

  #startGrace(agent: string, reason: string): void {
    const timer = setTimeout(() => {
      const nextStep = 'look at the log of the agent; what it had sent is kept';
      this.#open
        .get(agent)
        ?.ended(new BenchError('agent-gone', `agent ${agent} did not come back: ${reason}`, { nextStep }));
    }, AGENT_GRACE_MS);
    this.#away.set(agent, timer);
  }

  /** A full disk ends the study, but not the stream: what can't be stored is counted. */
  #keep(agent: Hello, record: MeasurementRecord): void {
    const n = record.body === 'samples' ? record.samples.n : 0;
    try {
      this.#o.store.append(agent.agentId, agent.runId, record);
      this.#samples += n;
      if (record.body === 'end' && this.#lost > 0) {
        const loss = streamLoss(this.#samples, this.#lost);
        this.#o.store.append(agent.agentId, agent.runId, { ...record, body: 'loss', loss });
      }
    } catch (error) {
      this.#lost += n;
      this.cancel(asBenchError(error));
    }
  }
}

function sum(values: ReadonlyMap<string, number>): number {
  return [...values.values()].reduce((total, value) => total + value, 0);
}
