/** Progress of a study on stderr: one line that is rewritten on a terminal, a line now and then elsewhere. */

import type { StudyEvent } from '#proto';

const PLAIN_EVERY_MS = 10_000;

export class StudyProgressLine {
  readonly #quiet: boolean;
  readonly #tty = process.stderr.isTTY === true;
  #startedMs = performance.now();
  #lastPlainMs = Number.NEGATIVE_INFINITY;
  #shown = false;

  constructor(o: { quiet: boolean }) {
    this.#quiet = o.quiet;
  }

  say(text: string): void {
    this.end();
    if (!this.#quiet) process.stderr.write(`hookbench: ${text}\n`);
  }

  event(event: StudyEvent): void {
    if (event.body === 'planned') {
      const { studyId, suts, mechanisms, forks, seed } = event.planned;
      this.#startedMs = performance.now();
      this.say(`study ${studyId}: ${suts.join(', ')}; ${mechanisms.join(', ')}; ${forks} forks; seed ${seed}`);
    } else if (event.body === 'notice') this.say(`note: ${event.notice.detail}`);
    else if (event.body === 'progress') this.#progress(event.progress);
  }

  end(): void {
    if (this.#shown) process.stderr.write('\r\x1b[K');
    this.#shown = false;
  }

  #progress(p: { doneSteps: number; totalSteps: number; samples: number; text: string }): void {
    if (this.#quiet) return;
    const elapsedS = (performance.now() - this.#startedMs) / 1000;
    const share = p.totalSteps === 0 ? 0 : p.doneSteps / p.totalSteps;
    const left = share > 0.02 ? `, ${clock((elapsedS * (1 - share)) / share)} left` : '';
    const text = `${String(Math.floor(share * 100)).padStart(3)} % ${clock(elapsedS)}${left} · ${p.text} · ${p.samples} samples`;
    if (this.#tty) {
      process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
      this.#shown = true;
      return;
    }
    const now = performance.now();
    if (now - this.#lastPlainMs < PLAIN_EVERY_MS) return;
    this.#lastPlainMs = now;
    process.stderr.write(`hookbench: ${text}\n`);
  }
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
