/** Failures that cross the wire or end a command: a closed list of codes, each with what to do next. */

export const FAILURE_CODES = [
  'usage',
  'bad-message',
  'unsupported',
  'sut-unready',
  'sut-died',
  'load-failed',
  'attach-failed',
  'probe-died',
  'hook-dead',
  'disk-full',
  'port-taken',
  'controller-gone',
  'agent-gone',
  'peer-gone',
  'no-agent',
  'busy',
  'refused',
  'cancelled',
  'internal',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** What failed, on which thing, and the next step; the tool's last lines are in `detail`. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: FailureCode;
  readonly nextStep: string;
  readonly detail: string;

  constructor(code: FailureCode, message: string, o: { nextStep?: string; detail?: string; cause?: unknown } = {}) {
    super(message, o.cause === undefined ? {} : { cause: o.cause });
    this.code = code;
    this.nextStep = o.nextStep ?? '';
    this.detail = o.detail ?? '';
  }
}

/** Any thrown value as a BenchError; what is not one becomes `internal` with its message kept. */
export function asBenchError(error: unknown): BenchError {
  if (error instanceof BenchError) return error;
  const system = error as NodeJS.ErrnoException;
  if (system?.code === 'ENOSPC' || system?.code === 'EDQUOT') {
    return new BenchError('disk-full', `disk full: ${system.message}`, {
      nextStep: 'free space or choose another folder with --out',
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  const detail = error instanceof Error ? (error.stack ?? '') : '';
  return new BenchError('internal', message, { detail, cause: error });
}

/** The one formatter: message, next step, then the last lines of the tool. */
export function formatFailure(failure: { message: string; nextStep: string; detail: string }): string {
  const lines = [failure.message];
  if (failure.nextStep !== '') lines.push(`  next: ${failure.nextStep}`);
  const detail = failure.detail.trimEnd();
  const tail = detail.split('\n').slice(-8);
  if (detail !== '') lines.push(...tail.map((line) => `  | ${line}`));
  return lines.join('\n');
}

/** The CLI's exit code for a failure: 2 usage, 3 the machine lacks something, 4 interrupted, 1 the rest. */
export function exitCodeOf(code: string): number {
  if (code === 'usage') return 2;
  if (code === 'unsupported') return 3;
  if (code === 'cancelled') return 4;
  return 1;
}
