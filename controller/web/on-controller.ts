/** The page on a controller: what `--web` adds to it. */

import type { Agents } from '../ingest/agents.ts';
import type { ControlService } from '../ingest/control.ts';
import { Live } from '../live/live.ts';
import type { Access } from '../security/options.ts';
import { HOW_LONG, linkOnSignal } from './link-signal.ts';
import { openWeb } from './server.ts';

type Log = (line: string) => void;

export function liveOf(agents: Agents, resultsDir: string, log: Log): Live {
  const live = new Live({ hellos: () => agents.hellos(), resultsDir, log });
  agents.listener = live;
  return live;
}

/** Prints the address on standard output, and the links that let a browser in to the log. @throws BenchError usage, port-taken */
export async function showOn(
  choice: { readonly web: string | null; readonly webControl: boolean; readonly webResults: string },
  o: { access: Access; live: Live | undefined; control: ControlService; log: Log },
): Promise<void> {
  const web = await openWeb({
    listen: choice.web ?? '',
    option: '--web',
    resultsDir: choice.webResults,
    ...o.access,
    live: o.live ?? null,
    control: choice.webControl ? o.control : null,
    log: o.log,
    onLink: (url) => o.log(`page: ${url} lets one browser in ${HOW_LONG}`),
  });
  linkOnSignal(web);
  process.stdout.write(`HOOKBENCH_WEB url=${web.url}\n`);
}
