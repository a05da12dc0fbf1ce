/** The options of hookbench run → the request to the controller. */

import { resolve } from 'node:path';
import { BenchError, type RunStudyRequest } from '#proto';
import { DEFAULT_KEYWORDS, readKeywords } from './keywords.ts';
import type { RemoteOptions } from './remote.ts';

export interface RunOptions extends RemoteOptions {
  sut?: string[];
  mechanisms?: string[];
  conditions?: string[];
  action: string;
  functions?: string[];
  errno?: string;
  requests?: number;
  warmup?: number | 'auto';
  forks?: number;
  blocks?: number;
  seed?: number;
  quick?: boolean;
  warmupFloor?: number;
  until?: number;
  untilFor?: string[];
  budget?: number;
  keywords?: string;
  hooksDir?: string;
  requestBytes?: number;
  margin?: number;
  out: string;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
}

/** what --quick changes; an option given by the user wins */
const QUICK = { requests: 5_000, warmupFloor: 2_000, forks: 4, blocks: 1 } as const;

/** @param studyFile which file it comes from and what flags won over it, for the report */
export function requestOf(o: RunOptions, command: string, studyFile = ''): RunStudyRequest {
  const quick = o.quick === true ? QUICK : { requests: 0, warmupFloor: undefined, forks: 0, blocks: 0 };
  const { warmup } = o;
  const warmupFloor = o.warmupFloor ?? quick.warmupFloor;
  return {
    suts: o.sut ?? [],
    sutsAsked: o.sut !== undefined,
    mechanisms: o.mechanisms ?? [],
    mechanismsAsked: o.mechanisms !== undefined,
    conditions: o.conditions ?? [],
    action: o.action,
    functions: o.functions ?? [],
    blockErrno: blockErrnoOf(o),
    requests: o.requests ?? quick.requests,
    warmup: typeof warmup === 'number' ? warmup : 0,
    warmupFixed: typeof warmup === 'number',
    forks: o.forks ?? quick.forks,
    blocks: o.blocks ?? quick.blocks,
    seed: o.seed ?? 0,
    seedFixed: o.seed !== undefined,
    keywords: readKeywords(o.keywords ?? DEFAULT_KEYWORDS),
    requestBytes: o.requestBytes ?? 0,
    marginNs: o.margin ?? 0,
    command,
    outDir: resolve(o.out),
    token: '',
    warmupFloor: warmupFloor ?? 0,
    warmupFloorFixed: warmupFloor !== undefined,
    untilNs: o.until ?? 0,
    untilFor: o.untilFor ?? [],
    budgetMs: o.budget ?? 0,
    studyFile,
  };
}

/** said here already: an option that would do nothing is most likely a slip. @throws BenchError usage */
function blockErrnoOf({ action, errno }: RunOptions): string {
  if (errno !== undefined && action !== 'block')
    throw new BenchError('usage', `--errno ${errno} goes with --action block: action ${action} fails no read`);
  return errno ?? '';
}
