/** What else writes to standard error in a daemon: it goes through the log, so that every line there is of one form. */

import { asBenchError } from '../errors.ts';
import type { Log } from './log.ts';
import { EXIT } from './signals.ts';

/** grpc-js's own lines, and the error that nothing caught, which ends the process */
export async function logWholeProcess(log: Log): Promise<void> {
  process.on('uncaughtException', (error) => {
    log.failure(asBenchError(error));
    process.exit(EXIT.failed);
  });
  const { setLogger } = await import('@grpc/grpc-js');
  const at =
    (say: (line: string) => void) =>
    (...words: unknown[]) =>
      say(`grpc: ${words.join(' ')}`);
  setLogger({ error: at(log.warn), info: at(log.debug), debug: at(log.debug) });
}
