/** Runs one study over the connected agents: dispatches the plan fork by fork, stores what comes back, and says how it ended. */

import { type Assignment, asBenchError, BenchError, type Hello, type MeasurementRecord, type Progress } from '#proto';
import type { Agents } from '../ingest/agents.ts';
import type { RecordTarget } from '../ingest/record-target.ts';
import { streamLoss } from '../store/count-rows.ts';
import type { StudyStore } from '../store/store.ts';
import { Schedule } from './schedule.ts';
import { Timers } from './timers.ts';

/** away: how long an agent may be gone in the middle of a study before it is given up; restart: the same for one that is started anew, and for a
 * load generator to be lent; cancel: how long a cancelled one may take to undo and report */
const GRACE_MS = { away: 20_000, restart: 90_000, cancel: 90_000 };

export interface RunOutcome {
  readonly status: 'complete' | 'interrupted' | 'failed';
  readonly failure: BenchError | null;
  readonly reached: { readonly doneSteps: number; readonly samples: number };
}

export interface RunOptions {
  readonly agents: Agents;
  readonly store: StudyStore;
  /** assignments of each agent, in order */
  readonly plans: ReadonlyMap<string, readonly Assignment[]>;
  /** asked when everything planned so far has been run: what to run next, null for the end */
  readonly more?: () => Promise<ReadonlyMap<string, readonly Assignment[]> | null>;
  /** another fork in place of one that ended early through no fault of its own; null where there is none to give */
  readonly replace?: (agent: string, assignment: Assignment) => Assignment | null;
  readonly signal: AbortSignal;
  /** sees what the agents send */
  readonly watch?: ((target: RecordTarget) => RecordTarget) | undefined;
  readonly onProgress: (p: { doneSteps: number; samples: number; text: string }) => void;
  readonly onNotice: (code: string, detail: string) => void;
  /** shorter ones for tests */
  readonly graceMs?: { readonly away: number; readonly restart?: number; readonly cancel: number };
}

export async function runPlans(o: RunOptions): Promise<RunOutcome> {
  const run = new StudyRun(o);
  const target = o.watch?.(run) ?? run;
  o.agents.target = target;
  const cancel = () => run.cancel(new BenchError('cancelled', 'the study was cancelled'));
  o.signal.addEventListener('abort', cancel);
  if (o.signal.aborted) cancel();
  try {
    let plans: RunOptions['plans'] | null = o.plans;
    while (plans !== null && run.failure === null) {
      await Promise.all([...plans].map(([agent, assignments]) => run.agentPlan(agent, assignments)));
      plans = await run.next();
    }
    // a failed sync is the run's failure already
    await target.sync().catch(() => undefined);
  } finally {
    o.agents.target = null;
    o.signal.removeEventListener('abort', cancel);
    run.close();
  }
  const { failure, reached } = run;
  if (failure === null) return { status: 'complete', failure, reached };
  return { status: failure.code === 'cancelled' ? 'interrupted' : 'failed', failure, reached };
}

interface Open {
  readonly assignment: Assignment;
  readonly ended: (how: 'ended' | BenchError) => void;
  /** the agent's run that said something about the assignment; null until then */
  runId: string | null;
}

class StudyRun implements RecordTarget {
  readonly #o: RunOptions;
  readonly #open = new Map<string, Open>();
  readonly #timers = new Timers();
  readonly #strays = new Set<string>();
  /** samples of each agent since its last loss record */
  readonly #received = new Map<string, number>();
  readonly #lost = new Map<string, number>();
  readonly #doneSteps = new Map<string, number>();
  readonly #currentSteps = new Map<string, number>();
  readonly #schedule: Schedule;
  #samples = 0;
  /** the first cause wins */
  failure: BenchError | null = null;

  constructor(o: RunOptions) {
    this.#o = o;
    this.#schedule = new Schedule({
      ...{ agents: o.agents, nodes: [...o.plans.keys()], onNotice: o.onNotice, peerWithinMs: this.#graceMs.restart },
      replace: (agent, assignment) => o.replace?.(agent, assignment) ?? null,
      dispatch: (agent, given) => this.#dispatch(agent, given),
      isOver: () => this.failure !== null,
      fail: (cause) => this.cancel(cause),
    });
  }

  agentPlan(agent: string, assignments: readonly Assignment[]): Promise<void> {
    return this.#schedule.agentPlan(agent, assignments);
  }

  /** @param given with all it needs; its nodes are its own until this settles */
  async #dispatch(agent: string, given: Assignment): Promise<'ended' | BenchError> {
    try {
      return await new Promise((resolve) => {
        this.#open.set(agent, { assignment: given, ended: resolve, runId: null });
        const isThere = !this.#isEnding(agent) && this.#o.agents.assign(agent, given);
        if (!isThere) this.#startGrace(agent, 'it is not connected');
      });
    } finally {
      this.#open.delete(agent);
      this.#timers.stop(agent);
      this.#currentSteps.delete(agent);
      this.#doneSteps.set(agent, (this.#doneSteps.get(agent) ?? 0) + given.steps.length);
    }
  }

  /** still connected, but the run that it is has told its end: the next one is waited for */
  #isEnding(agent: string): boolean {
    const { endedRun } = this.#schedule.partOf(agent);
    return endedRun !== null && this.#o.agents.hellos().some((one) => one.agentId === agent && one.runId === endedRun);
  }

  get reached(): RunOutcome['reached'] {
    return { doneSteps: sum(this.#doneSteps), samples: this.#samples };
  }

  /** @returns what to run next, null at the end. A plan that can't be made or stored ends the study like a failure of an agent. */
  async next(): Promise<RunOptions['plans'] | null> {
    if (this.failure !== null) return null;
    try {
      return (await this.#o.more?.()) ?? null;
    } catch (error) {
      this.cancel(asBenchError(error));
      return null;
    }
  }

  /** Stops every agent; what was measured is kept. */
  cancel(cause: BenchError): void {
    if (this.failure !== null) return;
    this.failure = cause;
    this.#schedule.look();
    for (const [agent, { assignment, ended }] of this.#open) {
      const told = this.#o.agents.cancel(agent, assignment.assignmentId);
      if (told) this.#timers.start(agent, this.#graceMs.cancel, () => ended('ended'));
      else ended('ended');
    }
  }

  close(): void {
    this.#schedule.close();
    this.#timers.stopAll();
    const lost = sum(this.#lost);
    if (lost > 0) this.#o.onNotice('lost-samples', `${lost} samples could not be stored and are lost`);
  }

  append(agent: Hello, record: MeasurementRecord, encoded: Buffer): 'kept' | 'not-kept' {
    const open = this.#open.get(agent.agentId);
    if (open?.assignment.assignmentId !== record.assignmentId) {
      this.#stray(agent, record);
      return 'not-kept';
    }
    open.runId = agent.runId;
    const kept = this.#keep(agent, record, encoded);
    if (record.body === 'end') this.#end(agent, open, record);
    return kept;
  }

  durable(agentId: string, runId: string): number {
    return this.#o.store.durable(agentId, runId);
  }

  #end({ agentId, runId }: Hello, { ended }: Open, record: MeasurementRecord & { body: 'end' }): void {
    const { status, code, message, nextStep, detail } = record.end;
    // cancelled, and nobody here has asked for it
    const isOwnEnd = status === 'cancelled' && this.failure === null;
    if (isOwnEnd || code === 'agent-gone') this.#schedule.partOf(agentId).endedRun = runId;
    if (isOwnEnd) ended(new BenchError('agent-gone', `agent ${agentId} was ended during the study`));
    else if (status === 'failed') ended(new BenchError(code as BenchError['code'], message, { nextStep, detail }));
    else ended('ended');
  }

  async sync(): Promise<void> {
    try {
      await this.#o.store.sync();
    } catch (error) {
      this.cancel(asBenchError(error));
      throw error;
    }
  }

  progress(agent: Hello, progress: Progress): void {
    const open = this.#open.get(agent.agentId);
    if (open?.assignment.assignmentId !== progress.assignmentId) return;
    open.runId = agent.runId;
    this.#currentSteps.set(agent.agentId, progress.doneSteps);
    const doneSteps = sum(this.#doneSteps) + sum(this.#currentSteps);
    const fork = `fork ${open.assignment.fork + 1}: `;
    const who = this.#o.plans.size > 1 ? `${agent.agentId}: ` : '';
    this.#o.onProgress({ doneSteps, samples: this.#samples, text: `${who}${fork}${progress.text}` });
  }

  gone(agent: Hello, reason: string): void {
    if (!this.#open.has(agent.agentId)) return;
    const ms = this.#startGrace(agent.agentId, reason);
    this.#o.onNotice('agent-away', `agent ${agent.agentId} is away (${reason}); waiting ${ms / 1000} s for it`);
  }

  /** What was under way goes on when it is the same run of the agent; what it was told while the stream broke it is told again. */
  back(agent: Hello): void {
    const open = this.#open.get(agent.agentId);
    if (open === undefined) return;
    this.#timers.stop(agent.agentId);
    const { assignment, ended, runId } = open;
    if (runId !== null && runId !== agent.runId) {
      const nextStep = 'look at the log of the agent; what it had sent is kept';
      this.#schedule.partOf(agent.agentId).endedRun = runId;
      ended(new BenchError('agent-gone', `agent ${agent.agentId} was restarted during the study`, { nextStep }));
    } else if (this.failure !== null) {
      this.#o.agents.cancel(agent.agentId, assignment.assignmentId);
      this.#timers.start(agent.agentId, this.#graceMs.cancel, () => ended('ended'));
    } else if (runId === null && !this.#isEnding(agent.agentId)) this.#o.agents.assign(agent.agentId, assignment);
  }

  /** @returns how long it is waited for */
  #startGrace(agent: string, reason: string): number {
    const part = this.#schedule.partOf(agent);
    const ms = part.endedRun === null ? this.#graceMs.away : this.#graceMs.restart;
    this.#timers.start(agent, ms, () => {
      const nextStep = 'look at the log of the agent; what it had sent is kept';
      part.endedRun = null;
      const failure = new BenchError('agent-gone', `agent ${agent} did not come back: ${reason}`, { nextStep });
      this.#open.get(agent)?.ended(failure);
    });
    return ms;
  }

  get #graceMs(): typeof GRACE_MS {
    return { ...GRACE_MS, ...this.#o.graceMs };
  }

  /** told once an assignment, however many there are */
  #stray(agent: Hello, record: MeasurementRecord): void {
    const key = `${agent.agentId} ${record.assignmentId}`;
    if (this.#strays.has(key)) return;
    this.#strays.add(key);
    this.#o.onNotice(
      'stray-record',
      `agent ${agent.agentId} sent a record of ${record.assignmentId}, which is not under way`,
    );
  }

  /** A full disk ends the study, but not the stream: what can't be stored is counted, and the count stored once there is room. */
  #keep(agent: Hello, record: MeasurementRecord, encoded: Buffer): 'kept' | 'not-kept' {
    const n = record.body === 'samples' ? record.samples.n : 0;
    try {
      if (record.body === 'end') this.#keepLoss(agent, record);
      this.#o.store.append(agent.agentId, agent.runId, record, encoded);
      this.#samples += n;
      this.#schedule.partOf(agent.agentId).samples += n;
      this.#count(this.#received, agent, n);
      return 'kept';
    } catch (error) {
      this.#count(this.#lost, agent, n);
      this.cancel(asBenchError(error));
      return 'not-kept';
    }
  }

  #keepLoss(agent: Hello, record: MeasurementRecord): void {
    const lost = this.#lost.get(agent.agentId) ?? 0;
    if (lost === 0) return;
    const { studyId, assignmentId } = record;
    const loss = streamLoss(this.#received.get(agent.agentId) ?? 0, lost);
    // 0: no record of the agent's, so its sequences stay without doubles
    this.#o.store.append(agent.agentId, agent.runId, { sequence: 0, studyId, assignmentId, body: 'loss', loss });
    this.#received.delete(agent.agentId);
    this.#lost.delete(agent.agentId);
  }

  #count(counts: Map<string, number>, agent: Hello, n: number): void {
    counts.set(agent.agentId, (counts.get(agent.agentId) ?? 0) + n);
  }
}

function sum(values: ReadonlyMap<string, number>): number {
  return [...values.values()].reduce((total, value) => total + value, 0);
}
