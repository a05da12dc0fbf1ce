/** Progress of a study on stderr: one line that is rewritten on a terminal, a line now and then elsewhere. */

import type { StudyEvent } from '#proto';

const PLAIN_EVERY_MS = 10_000;
const REDRAW_EVERY_MS = 1_000;
/** before this share is done, how long the rest takes is a guess of nothing */
const LEAST_SHARE = 0.02;

type Progress = Extract<StudyEvent, { body: 'progress' }>['progress'];

export interface ProgressOptions {
  readonly quiet: boolean;
  /** where to; standard error unless given */
  readonly to?: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;
  /** monotonic, ms */
  readonly nowMs?: () => number;
}

export class StudyProgressLine {
  readonly #quiet: boolean;
  readonly #to: NonNullable<ProgressOptions['to']>;
  readonly #nowMs: () => number;
  readonly #rewrites: boolean;
  #startedMs: number;
  #forks = 0;
  #lastPlainMs = Number.NEGATIVE_INFINITY;
  #last: { progress: Progress; atMs: number } | null = null;
  #redraw: NodeJS.Timeout | null = null;
  #shown = false;

  constructor(o: ProgressOptions) {
    this.#quiet = o.quiet;
    this.#to = o.to ?? process.stderr;
    this.#nowMs = o.nowMs ?? (() => performance.now());
    this.#rewrites = this.#to.isTTY === true && process.env.TERM !== 'dumb';
    this.#startedMs = this.#nowMs();
  }

  say(text: string): void {
    this.#clear();
    if (!this.#quiet) this.#to.write(`hookbench: ${text}\n`);
  }

  event(event: StudyEvent): void {
    if (event.body === 'planned') {
      const { studyId, suts, mechanisms, forks, seed } = event.planned;
      this.#startedMs = this.#nowMs();
      this.#forks = forks;
      this.say(`study ${studyId}: ${suts.join(', ')}; ${mechanisms.join(', ')}; ${forks} forks; seed ${seed}`);
    } else if (event.body === 'notice') this.say(`note: ${event.notice.detail}`);
    else if (event.body === 'progress') this.#progress(event.progress);
  }

  end(): void {
    if (this.#redraw !== null) clearInterval(this.#redraw);
    this.#redraw = null;
    this.#last = null;
    this.#clear();
  }

  #progress(progress: Progress): void {
    if (this.#quiet) return;
    const atMs = this.#nowMs();
    this.#last = { progress, atMs };
    if (this.#rewrites) {
      this.#redraw ??= setInterval(() => this.#draw(), REDRAW_EVERY_MS).unref();
      this.#draw();
      return;
    }
    if (atMs - this.#lastPlainMs < PLAIN_EVERY_MS) return;
    this.#lastPlainMs = atMs;
    this.#to.write(`hookbench: ${this.#text(progress, atMs)}\n`);
  }

  #draw(): void {
    if (this.#last === null) return;
    const text = this.#text(this.#last.progress, this.#last.atMs);
    this.#to.write(`\r\x1b[K${text.slice(0, (this.#to.columns || 80) - 1)}`);
    this.#shown = true;
  }

  #clear(): void {
    if (this.#shown) this.#to.write('\r\x1b[K');
    this.#shown = false;
  }

  /** ` 42 % 0:51, 1:10 left · fork 3 of 6: measuring with bpftrace: java-hello · 12,400 samples`; what counts most stands first, as a
   * narrow terminal cuts the end off */
  #text({ doneSteps, totalSteps, samples, text }: Progress, atMs: number): string {
    const share = totalSteps === 0 ? 0 : doneSteps / totalSteps;
    const elapsedMs = this.#nowMs() - this.#startedMs;
    const leftMs = ((atMs - this.#startedMs) * (1 - share)) / share - (this.#nowMs() - atMs);
    const left = share > LEAST_SHARE ? `, ${clock(leftMs)} left` : '';
    const where = this.#forks > 0 ? text.replace(/\bfork (\d+):/, `fork $1 of ${this.#forks}:`) : text;
    return `${String(Math.floor(share * 100)).padStart(3)} % ${clock(elapsedMs)}${left} · ${where} · ${counted(samples)} samples`;
  }
}

function clock(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function counted(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
