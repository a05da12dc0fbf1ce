import type { RunResult, SampleFrame, TargetCounters } from './types.ts';

/**
 * - `target`: a SUT failed (refused, closed, silent, answered something else); `targetId` says which
 * - `bad-request`: what was asked of the generator can't be done
 * - `generator-died`: the generator's process ended or never became ready
 * - `protocol`: the generator said something that makes no sense
 * - `aborted`: the caller's signal ended the run
 */
export type LoadErrorCode = 'target' | 'bad-request' | 'generator-died' | 'protocol' | 'aborted';

export type LoadErrorDetail = {
  readonly code: LoadErrorCode;
  readonly targetId?: number | null;
  readonly measured?: Partial<RunResult>;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  readonly stderrTail?: string;
  readonly cause?: unknown;
};

/** A run (or the start) of the load generator that failed, with everything measured until then. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly code: LoadErrorCode;
  readonly targetId: number | null;
  readonly frames: SampleFrame[];
  readonly counters: TargetCounters[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The generator's last lines on stderr, '' when there were none. */
  readonly stderrTail: string;

  constructor(message: string, d: LoadErrorDetail) {
    super(message, d.cause === undefined ? undefined : { cause: d.cause });
    this.code = d.code;
    this.targetId = d.targetId ?? null;
    this.frames = d.measured?.frames ?? [];
    this.counters = d.measured?.counters ?? [];
    this.exitCode = d.exitCode ?? null;
    this.signal = d.signal ?? null;
    this.stderrTail = d.stderrTail ?? '';
  }
}
