/** npm run bench:trust */

import { BenchError, formatFailure } from '#proto';
import { runTrust } from './bench.ts';
import { HELP, readOptions } from './options.ts';
import { reportOf } from './report.ts';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
  const progress = progressLine(options.quiet);
  const result = await runTrust({ ...options, signal: interrupted.signal, onProgress: progress.say }).finally(
    progress.end,
  );
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : reportOf(result));
  if (interrupted.signal.aborted) return 4;
  return result.missed.length === 0 ? 0 : 1;
}

/** on a terminal one line that is written over, elsewhere a line every 10 s */
function progressLine(quiet: boolean): { say(text: string): void; end(): void } {
  const isTerminal = process.stderr.isTTY === true;
  let saidMs = 0;
  const say = (text: string) => {
    const everyMs = isTerminal ? 100 : 10_000;
    if (quiet || performance.now() - saidMs < everyMs) return;
    saidMs = performance.now();
    process.stderr.write(isTerminal ? `\r\x1b[K${text}` : `${text}\n`);
  };
  const end = () => {
    if (isTerminal && !quiet) process.stderr.write('\r\x1b[K');
  };
  return { say, end };
}

const EXIT: Readonly<Record<string, number>> = { usage: 2, unsupported: 3, cancelled: 4 };

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const known = error instanceof BenchError;
    const text = known ? formatFailure(error) : String((error as Error).stack ?? error);
    process.stderr.write(`bench:trust: ${text}\n`);
    process.exitCode = known ? (EXIT[error.code] ?? 1) : 1;
  },
);
