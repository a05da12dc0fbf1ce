/** Failures of a request → status and words, in one place. */

import { asBenchError, BenchError, type FailureCode } from '#proto';

const STATUS: Partial<Record<FailureCode, number>> = {
  usage: 400,
  'bad-message': 400,
  unsupported: 409,
  'no-agent': 409,
  busy: 409,
  refused: 403,
};

/** a request that is answered with this status and no more */
export class Refusal extends Error {
  readonly status: number;
  readonly nextStep: string;

  constructor(status: number, message: string, nextStep = '') {
    super(message);
    this.status = status;
    this.nextStep = nextStep;
  }
}

export interface Refused {
  readonly status: number;
  readonly message: string;
  readonly nextStep: string;
}

/** What is not meant for the one who asked (paths, stacks) stays in the log. */
export function refusedBy(error: unknown, log: (line: string) => void): Refused {
  if (error instanceof Refusal) return { status: error.status, message: error.message, nextStep: error.nextStep };
  const { code, message, nextStep } = asBenchError(error);
  if (error instanceof BenchError && STATUS[code] !== undefined) return { status: STATUS[code], message, nextStep };
  log(`a request failed: ${String((error as Error)?.stack ?? error)}`);
  return { status: 500, message: 'something went wrong here', nextStep: 'the log of this process has the details' };
}
