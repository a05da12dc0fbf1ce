/** The daemons' log: one structured line an event on stderr, as JSON for machines or as text for people. Nothing secret gets into it. */

import type { Logger, LoggerOptions } from 'pino';
import { BenchError, formatFailure } from '../errors.ts';
import { formatLine } from './log-format.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['json', 'pretty', 'text'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** what a line is about, besides its words; names carry their units */
export type Facts = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, facts?: Facts): void;
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
  /** A failure that ends the process: in text with its next step below it, in JSON as facts. */
  failure(error: BenchError): void;
  /** From here on this text is masked wherever it would appear. */
  hide(secret: string): void;
}

/** Facts of these names are masked whatever they hold, also one level down. */
const SECRET_NAMES = ['token', 'key', 'secret', 'password', 'authorization', 'cookie'];
const MASK = '[redacted]';
/** shorter ones would mask ordinary words */
const LEAST_SECRET_CHARS = 8;

/** pino is loaded here and not with the contract: every small command imports that.
 * @param o.name which daemon
 * @param o.write gets whole lines; process.stderr when absent */
export async function openLog(o: {
  name: string;
  level: LogLevel;
  format: LogFormat;
  write?: (line: string) => void;
}): Promise<Log> {
  const { pino } = await import('pino');
  const write = o.write ?? ((line: string) => void process.stderr.write(line));
  const secrets: string[] = [];
  const masked = (line: string) => secrets.reduce((text, secret) => text.replaceAll(secret, MASK), line);
  const options: LoggerOptions = {
    name: o.name,
    level: o.level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: MASK },
  };
  const logger = pino(options, {
    write: (line: string) => write(o.format === 'json' ? masked(line) : masked(formatLine(line, o.format))),
  });
  return {
    ...levels(logger),
    failure: (error) => {
      if (o.format !== 'json') write(masked(`hookbench ${o.name}: ${formatFailure(error)}\n`));
      else {
        const { code, message, nextStep, detail } = error;
        logger.error({ code, nextStep, detail }, message);
      }
    },
    hide: (secret) => {
      if (secret.length >= LEAST_SECRET_CHARS) secrets.push(secret, JSON.stringify(secret).slice(1, -1));
    },
  };
}

/** @throws BenchError usage for a level or a format that there is not */
export function logOptions(o: { level: string; format: string }): { level: LogLevel; format: LogFormat } {
  const level = LOG_LEVELS.find((known) => known === o.level);
  const format = LOG_FORMATS.find((known) => known === o.format);
  if (level === undefined)
    throw new BenchError('usage', `--log-level ${o.level} is not one of ${LOG_LEVELS.join(', ')}`);
  if (format === undefined)
    throw new BenchError('usage', `--log-format ${o.format} is not one of ${LOG_FORMATS.join(', ')}`);
  return { level, format };
}

function levels(logger: Logger): Pick<Log, LogLevel> {
  const at =
    (level: LogLevel) =>
    (message: string, facts: Facts = {}) =>
      logger[level](facts, message);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
