/** The options that both daemons have, and what they mean. */

import { BenchError } from '../errors.ts';
import { type LogFormat, type LogLevel, logOptions } from './log.ts';

/** for parseArgs */
export const OPS_OPTIONS = {
  'log-level': { type: 'string', default: 'info' },
  'log-format': { type: 'string' },
  ops: { type: 'string' },
  drain: { type: 'string', default: 'cancel' },
  'drain-seconds': { type: 'string', default: '600' },
} as const;

const MOST_DRAIN_SECONDS = 86_400;

export interface OpsChoice {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** address of the HTTP listener; null for none */
  readonly ops: string | null;
  /** ms that work under way may still take when we are told to end; 0: it is cancelled */
  readonly finishMs: number;
}

/** @param port where a cluster has this daemon's listener by custom */
export function opsHelp(port: number): string {
  return `  --ops HOST:PORT          answer /healthz, /readyz and /metrics (Prometheus) there; off when absent, in clusters :${port}.
                           Plain HTTP without authentication: nothing measured is there, only counts and states
  --log-level LEVEL        debug, info, warn or error (default info)
  --log-format FORMAT      json, pretty or text, on standard error (default: pretty on a terminal, else json)
  --drain cancel|finish    on SIGTERM: cancel what is under way and keep what it measured (default), or finish it first
  --drain-seconds N        with finish: for at most so long (default 600)
`;
}

/** @throws BenchError usage */
export function opsChoice(values: {
  'log-level': string;
  'log-format'?: string | undefined;
  ops?: string | undefined;
  drain: string;
  'drain-seconds': string;
}): OpsChoice {
  const format = values['log-format'] ?? (process.stderr.isTTY === true ? 'pretty' : 'json');
  if (values.drain !== 'cancel' && values.drain !== 'finish')
    throw new BenchError('usage', `--drain ${values.drain} is neither cancel nor finish`);
  const seconds = Number(values['drain-seconds']);
  if (!(seconds > 0 && seconds <= MOST_DRAIN_SECONDS))
    throw new BenchError(
      'usage',
      `--drain-seconds ${values['drain-seconds']} is not between 0 and ${MOST_DRAIN_SECONDS}`,
    );
  return {
    ...logOptions({ level: values['log-level'], format }),
    ops: values.ops ?? null,
    finishMs: values.drain === 'finish' ? seconds * 1000 : 0,
  };
}
