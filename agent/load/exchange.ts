import { LoadError, type LoadErrorCode } from './errors.ts';
import type { DoneFrame, GeneratorFrame } from './frames.ts';
import type { RunResult } from './types.ts';

/** One question to the generator and the frames that answer it. `step` null waits for `ready`. */
export class Exchange {
  readonly finished: Promise<void>;
  readonly result: RunResult = { frames: [], counters: [] };
  readyText: string | null = null;
  settled = false;
  readonly #step: number | null;
  #resolve!: () => void;
  #reject!: (error: LoadError) => void;

  constructor(step: number | null) {
    this.#step = step;
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.finished.catch(() => undefined);
  }

  take(frame: GeneratorFrame): void {
    switch (frame.kind) {
      case 'ready':
        this.readyText = frame.text;
        if (this.#step === null) this.#finish();
        else this.#odd('a ready frame in a run');
        break;
      case 'samples':
        if (frame.samples.step === this.#step) this.result.frames.push(frame.samples);
        else this.#odd(`samples of step ${frame.samples.step}`);
        break;
      case 'partial':
      case 'done':
        if (frame.step === this.#step) this.#count(frame);
        else this.#odd(`counters of step ${frame.step}`);
        break;
      case 'error':
        this.fail(this.#told(frame.text));
        break;
    }
  }

  /** The first end counts. */
  fail(error: LoadError): void {
    this.settled = true;
    this.#reject(error);
  }

  #count(frame: DoneFrame): void {
    this.result.counters.push(...frame.counters);
    if (frame.kind === 'done') this.#finish();
  }

  #finish(): void {
    this.settled = true;
    this.#resolve();
  }

  #odd(what: string): void {
    this.fail(
      new LoadError(`load generator sent ${what}, expected step ${this.#step}`, {
        code: 'protocol',
        measured: this.result,
      }),
    );
  }

  #told(text: string): LoadError {
    const target = /^target (\d{1,2}) \(/.exec(text)?.[1];
    const code: LoadErrorCode = text === 'interrupted' ? 'aborted' : target === undefined ? 'bad-request' : 'target';
    return new LoadError(code === 'aborted' ? 'load run aborted' : text, {
      code,
      targetId: target === undefined ? null : Number(target),
      measured: this.result,
    });
  }
}
