/** What is going on now: fed by the agents' streams and by the study's own events, read once a second by the page. It only listens: nothing in
 * ingest or study waits for it, and a failure in here is told once and leaves them alone. */

import type { Hello, MeasurementRecord, RunStudyRequest, StudyEvent } from '#proto';
import type { AgentsListener } from '../ingest/agents.ts';
import { readMeta, type StudyMeta } from '../store/meta.ts';
import { AgentBoard } from './agent-board.ts';
import { StudyBoard } from './study-board.ts';
import { StudySamples } from './study-samples.ts';
import type { QueuedView, Snapshot, Tick } from './view.ts';

type Emit = (event: StudyEvent) => void;

export interface LiveOptions {
  /** the agents whose streams are open */
  readonly hellos: () => readonly Hello[];
  /** where the page finds stored studies */
  readonly resultsDir: string;
  readonly log: (line: string) => void;
  /** ms since 1970; another one for tests */
  readonly nowMs?: () => number;
}

type Part = 'agents' | 'study' | 'series' | 'comparisons' | 'troubles' | 'queue';

export class Live implements AgentsListener {
  readonly #o: LiveOptions;
  readonly #agents = new AgentBoard();
  readonly #study: StudyBoard;
  #samples: StudySamples | null = null;
  #queue: { readonly version: number; views(): readonly QueuedView[] } = { version: 0, views: () => [] };
  #told: Partial<Record<Part, string>> = {};
  #studies = 0;
  #hasFailed = false;
  /** called when what there is to say can't wait for the next second */
  onUrgent: () => void = () => undefined;

  constructor(o: LiveOptions) {
    this.#o = o;
    this.#study = new StudyBoard(o.resultsDir);
  }

  /** studies that wait for their turn */
  showQueue(queue: { readonly version: number; views(): readonly QueuedView[] }): void {
    this.#queue = queue;
  }

  hello(hello: Hello): void {
    this.#safely(() => this.#agents.hello(hello, this.#nowMs()));
  }

  heard({ agentId }: Hello): void {
    this.#safely(() => this.#agents.heard(agentId, this.#nowMs()));
  }

  record(hello: Hello, record: MeasurementRecord): void {
    this.#safely(() => {
      const nowMs = this.#nowMs();
      this.#agents.heard(hello.agentId, nowMs);
      if (record.studyId !== this.#study.runningId) return;
      const now = this.#samples?.take(hello.agentId, record, nowMs) ?? null;
      if (now !== null) this.#study.measuring(now);
    });
  }

  /** the study's events with an ear on them */
  hearing(request: RunStudyRequest, emit: Emit): Emit {
    this.#safely(() => this.#study.begin(request));
    return (event) => {
      this.#safely(() => this.#event(event));
      emit(event);
    };
  }

  /** @returns everything there is */
  snapshot(): Snapshot {
    const samples = this.#samples;
    return {
      nowMs: this.#nowMs(),
      agents: this.#agents.views(),
      study: this.#study.view(),
      series: samples?.charts.views() ?? [],
      points: samples?.charts.points() ?? [],
      comparisons: samples?.intervals.views() ?? [],
      troubles: samples?.troubles.views() ?? [],
      losses: samples?.troubles.losses() ?? [],
      parity: samples?.troubles.parity() ?? [],
      queue: this.#queue.views(),
    };
  }

  /** Called once a second. @returns what changed since the call before; `restarted` where a new study began: then take a snapshot */
  tick(): { readonly tick: Tick; readonly restarted: boolean } {
    const nowMs = this.#nowMs();
    this.#safely(() => {
      this.#agents.compare(this.#o.hellos(), nowMs);
      this.#samples?.look(nowMs);
    });
    const samples = this.#samples;
    const restarted = this.#isNew('series', `${this.#studies}`, true);
    const points = samples?.charts.changes() ?? [];
    const tick: Tick = {
      nowMs,
      ...(this.#isNew('agents', `${this.#agents.version} ${Math.floor(nowMs / 5000)}`) && {
        agents: this.#agents.views(),
      }),
      ...(this.#isNew('study', `${this.#study.version}`) && { study: this.#study.view() }),
      ...(this.#isNew('queue', `${this.#queue.version}`) && { queue: this.#queue.views() }),
      ...(samples !== null && points.length > 0 && { series: samples.charts.views(), points }),
      ...(samples !== null &&
        this.#isNew('comparisons', `${this.#studies} ${samples.intervals.version}`) && {
          comparisons: samples.intervals.views(),
        }),
      ...(samples !== null &&
        this.#isNew('troubles', `${this.#studies} ${samples.troubles.version}`) && {
          troubles: samples.troubles.views(),
          losses: samples.troubles.losses(),
          parity: samples.troubles.parity(),
        }),
    };
    return { tick, restarted };
  }

  #event(event: StudyEvent): void {
    const nowMs = this.#nowMs();
    if (event.body === 'planned') {
      this.#study.planned(event.planned, metaIn(event.planned.dir), nowMs);
      this.#samples = new StudySamples(this.#study.arms, nowMs);
      this.#studies += 1;
    }
    if (event.body === 'notice') this.#samples?.troubles.tell(event.notice.code, event.notice.detail, nowMs);
    if (event.body === 'ended') this.#samples?.look(nowMs);
    this.#study.event(event, nowMs);
    // the analysis holds this process up: nothing is sent until it is over
    if (this.#study.view()?.status === 'analysing') this.onUrgent();
  }

  #isNew(part: Part, stamp: string, first = false): boolean {
    const isNew = this.#told[part] !== stamp && !(first && this.#told[part] === undefined);
    this.#told[part] = stamp;
    return isNew;
  }

  #nowMs(): number {
    return this.#o.nowMs?.() ?? Date.now();
  }

  #safely(listen: () => void): void {
    try {
      listen();
    } catch (error) {
      if (!this.#hasFailed)
        this.#o.log(`the live page has a fault and may be incomplete: ${String((error as Error).stack ?? error)}`);
      this.#hasFailed = true;
    }
  }
}

function metaIn(dir: string): StudyMeta | null {
  try {
    return readMeta(dir);
  } catch {
    return null;
  }
}
