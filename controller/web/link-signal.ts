/** Another link for whoever may signal this process: they last minutes, and the one in the log may have been seen by others. */

import type { WebServer } from './server.ts';
import { LINK_MINUTES } from './sessions.ts';

export const HOW_LONG = `for ${LINK_MINUTES} minutes; kill -USR2 ${process.pid} makes another`;

export function linkOnSignal(web: Pick<WebServer, 'renewLink'>): void {
  process.on('SIGUSR2', () => web.renewLink());
}
