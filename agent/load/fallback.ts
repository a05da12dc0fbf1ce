/**
 * The load generator where no compiler ran: the protocol of README.md over Node's `net`.
 * Started by `node --import tsx agent/load/fallback.ts`; slower and noisier than `native/`, which the results name.
 */
import { readFileSync } from 'node:fs';
import { FRAME_KIND } from './frame-payload.ts';
import { serveCommands } from './node-net/commands.ts';
import { writeText } from './node-net/write.ts';

const VERSION = '0.1.0';

process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGUSR2', () => undefined);
process.stdout.on('error', () => process.exit(1));

await writeText(FRAME_KIND.ready, 0, `hookbench-load ${VERSION} node-net cpu=${pinnedCpu() ?? 'none'}`);
process.exit(await serveCommands(process.stdin));

/** The one core the process may run on, as its parent set it; null when there are several. */
function pinnedCpu(): number | null {
  const allowed = /^Cpus_allowed_list:\s*(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return allowed === undefined ? null : Number(allowed);
}
