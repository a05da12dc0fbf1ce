/** The study under way, or the last one: its plan, how far it is, and what is being measured. */

import { basename, dirname, resolve } from 'node:path';
import type { RunStudyRequest, StudyEvent, StudyPlanned } from '#proto';
import type { StudyMeta } from '../store/meta.ts';
import { MAKING_RESULTS } from '../study/making-results.ts';
import type { ArmName } from './intervals.ts';
import type { NowView, StudyView } from './view.ts';

/** below this share what is left can't be told */
const LEAST_SHARE = 0.02;
const MOST_NODES = 64;

export class StudyBoard {
  #view: StudyView | null = null;
  #arms: readonly ArmName[] = [];
  #request: Pick<RunStudyRequest, 'action' | 'command'> = { action: '', command: '' };
  readonly #now = new Map<string, NowView>();
  readonly #resultsDir: string;
  version = 0;

  /** @param resultsDir where the page finds stored studies */
  constructor(resultsDir: string) {
    this.#resultsDir = resolve(resultsDir);
  }

  get arms(): readonly ArmName[] {
    return this.#arms;
  }

  view(): StudyView | null {
    return this.#view === null ? null : { ...this.#view, now: [...this.#now.values()] };
  }

  /** id of the study whose records are wanted; null when none runs */
  get runningId(): string | null {
    return this.#view?.status === 'running' ? this.#view.id : null;
  }

  begin(request: RunStudyRequest): void {
    this.#request = { action: request.action, command: request.command.slice(0, 2000) };
  }

  /** @param meta as stored; null where it could not be read */
  planned(planned: StudyPlanned, meta: StudyMeta | null, nowMs: number): void {
    this.#arms = meta?.arms ?? [];
    this.#now.clear();
    this.#view = {
      id: planned.studyId,
      status: 'running',
      startedMs: nowMs,
      endedMs: null,
      seed: planned.seed,
      forks: planned.forks,
      blocks: meta?.blocks ?? null,
      requestsPerArm: meta?.requestsPerArm ?? null,
      suts: planned.suts,
      mechanisms: planned.mechanisms,
      conditions: meta?.conditions ?? [],
      action: this.#request.action,
      command: this.#request.command,
      doneSteps: 0,
      totalSteps: planned.steps,
      samples: 0,
      text: 'starting',
      leftMs: null,
      now: [],
      failure: null,
      folder: dirname(planned.dir) === this.#resultsDir ? basename(planned.dir) : null,
    };
    this.version += 1;
  }

  event(event: StudyEvent, nowMs: number): void {
    const view = this.#view;
    if (view === null) return;
    if (event.body === 'progress') {
      const { doneSteps, totalSteps, samples, text } = event.progress;
      const share = totalSteps === 0 ? 0 : Math.min(1, doneSteps / totalSteps);
      const leftMs = share < LEAST_SHARE ? null : ((nowMs - view.startedMs) * (1 - share)) / share;
      this.#view = { ...view, doneSteps, totalSteps, samples, text: text.slice(0, 300), leftMs };
      if (text === MAKING_RESULTS) this.#analysing();
      this.version += 1;
    }
    if (event.body === 'ended') {
      const { status, message, nextStep } = event.ended;
      const known = (['complete', 'interrupted', 'failed'] as const).find((one) => one === status) ?? 'failed';
      const failure = message === '' ? null : { message: message.slice(0, 1000), nextStep: nextStep.slice(0, 1000) };
      this.#now.clear();
      const steps = known === 'complete' ? { doneSteps: view.totalSteps } : {};
      this.#view = { ...view, ...steps, status: known, endedMs: nowMs, leftMs: null, text: '', failure };
      this.version += 1;
    }
  }

  /** what is left takes as long as it takes */
  #analysing(): void {
    this.#now.clear();
    if (this.#view !== null) this.#view = { ...this.#view, status: 'analysing', leftMs: null };
  }

  /** the last samples of a node are of these */
  measuring(now: NowView): void {
    const before = this.#now.get(now.node);
    if (before === undefined && this.#now.size >= MOST_NODES) return;
    if (JSON.stringify(before) === JSON.stringify(now)) return;
    this.#now.set(now.node, now);
    this.version += 1;
  }
}
