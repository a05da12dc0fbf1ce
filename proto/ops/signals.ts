/** The first signal asks a daemon to end in good order, the second ends it at once. */

import { constants } from 'node:os';
import type { Log } from './log.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param o.stop called once, with what asked for it
 * @param o.leave ends the process; its code says that work was interrupted */
export function onSignals(o: { log: Log; stop: (why: string) => void; leave?: (code: number) => void }): void {
  const leave = o.leave ?? ((code) => process.exit(code));
  let told = false;
  for (const signal of SIGNALS)
    process.on(signal, () => {
      if (told) {
        o.log.warn(`got ${signal} again: ending at once`, { signal: constants.signals[signal] });
        leave(EXIT.interrupted);
        return;
      }
      told = true;
      o.stop(`got ${signal}`);
    });
}

/** exit codes of both daemons, as those of the command line */
export const EXIT = { done: 0, failed: 1, usage: 2, lacking: 3, interrupted: 4 } as const;

export const EXIT_HELP = `Exit codes
  0  ended as it was told (SIGTERM, SIGINT, standard input), and everything is where it belongs
  1  failed: an address is taken, the controller refuses this agent, …
  2  options or files that can't be used
  3  the machine lacks something, which is named
  4  ended before everything was delivered, or at once by a second signal; what was stored is kept
`;
