/** The end of a controller that was told to end: no new study, the one under way finished or cancelled, its results stored and told, then out. */

import type { Server } from '@grpc/grpc-js';
import { EXIT, type Log } from '#proto';
import type { ControlService } from './ingest/control.ts';

/** a study that was told to stop gets this long to keep its results before the controller ends */
const STOP_GRACE_MS = 100_000;
/** what was said last gets this long to reach whom it was said to */
const FAREWELL_MS = 1_000;
const LOOK_EVERY_MS = 50;

/** Ends the process: 0 when everything is stored, 4 when the study under way had to be left.
 * @param o.finishMs how long a study may still run before it is cancelled */
export async function stopController(o: {
  server: Server;
  control: ControlService;
  log: Log;
  why: string;
  finishMs: number;
  /** lets go of what is open, last */
  close: () => void;
}): Promise<void> {
  const { control, server } = o;
  if (control.draining) return;
  control.drain();
  o.log.info(`ending: ${o.why}`);
  await idle(control, o.finishMs);
  control.cancelRunning();
  await idle(control, STOP_GRACE_MS);
  if (control.busy) o.log.error('the study under way did not end in time; what it stored is kept');
  await farewell(server);
  server.forceShutdown();
  o.close();
  process.exit(control.busy ? EXIT.interrupted : EXIT.done);
}

async function idle(control: ControlService, mostMs: number): Promise<void> {
  const deadline = performance.now() + mostMs;
  while (control.busy && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
}

/** Streams of agents stay open for as long as the agents like: they are not waited for. */
async function farewell(server: Server): Promise<void> {
  await Promise.race([new Promise<void>((resolve) => server.tryShutdown(() => resolve())), sleep(FAREWELL_MS)]);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
