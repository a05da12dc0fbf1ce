/** What the product made of a bad input: an answer, or an error; and whether that error is one for people. */

import { BenchError } from '../../../proto/index.ts';

export type Outcome = { readonly how: 'taken' } | { readonly how: 'refused' | 'crashed'; readonly why: string };

/** codes that say that the input is at fault, not hookbench */
const TOLD = ['usage', 'bad-message', 'unsupported'];

export async function outcomeOf(work: () => unknown): Promise<Outcome> {
  try {
    await work();
    return { how: 'taken' };
  } catch (error) {
    const told = error instanceof BenchError && TOLD.includes(error.code) && error.message.length > 10;
    return told ? { how: 'refused', why: error.message } : { how: 'crashed', why: String((error as Error).stack) };
  }
}

/** Counts outcomes; keeps the first crash of each kind with what led to it. */
export class Outcomes {
  taken = 0;
  refused = 0;
  slowestMs = 0;
  readonly crashes = new Map<string, string>();

  async add(what: string, work: () => unknown): Promise<Outcome> {
    const startedMs = performance.now();
    const outcome = await outcomeOf(work);
    this.slowestMs = Math.max(this.slowestMs, performance.now() - startedMs);
    if (outcome.how === 'taken') this.taken += 1;
    else if (outcome.how === 'refused') this.refused += 1;
    else {
      const kind = outcome.why.split('\n').slice(0, 2).join(' ');
      if (!this.crashes.has(kind)) this.crashes.set(kind, `${what}: ${outcome.why.split('\n').slice(0, 6).join('\n')}`);
    }
    return outcome;
  }
}
