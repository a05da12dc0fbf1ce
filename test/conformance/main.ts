/** npm run test:conformance */

import { parseArgs } from 'node:util';
import { MECHANISMS } from '../../agent/mechanisms/registry.ts';
import { runJavaSuite } from './java/whole.ts';
import { runSuite } from './suite.ts';

const USAGE = `Usage: npm run test:conformance -- [--reads N] [--seed N] [--mechanisms a,b]

Gives the same reads to every mechanism that this machine has, and to an oracle that knows nothing of the hooks but their
specification (hooks/README.md). Decisions, bytes and counts must agree exactly within each mechanism's stated limits.

  --reads N          reads for each mechanism (default: 100000)
  --seed N           the same seed gives the same scripts (default: drawn, and printed)
  --mechanisms a,b   only these
  --processes N      how many share the reads of a keyword list (default: 12)
  --tries N          runs at most to find a smaller script that disagrees (default: 60)

Examples:
  npm run test:conformance
  npm run test:conformance -- --seed 7 --reads 8000 --mechanisms ld-preload

Exit codes: 0 all agree; 1 a disagreement; 2 bad usage; 3 nothing could be run here.
`;

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  process.stdout.write(
    `conformance: seed ${options.seed}, ${options.reads.toLocaleString('en-US')} reads for each mechanism\n`,
  );
  const { mechanisms } = options;
  const chosen = MECHANISMS.filter(({ id }) => mechanisms === null || mechanisms.includes(id));
  const tell = (line: string) => process.stdout.write(`${line}\n`);
  const reports = [
    ...(await runSuite(chosen, { ...options, lists: null, tell })),
    ...(chosen.some(({ id }) => id === 'jvmti') ? await runJavaSuite({ ...options, tell }) : []),
  ];
  const ran = reports.filter(({ skipped }) => skipped === null);
  const disagreements = ran.reduce((sum, report) => sum + report.disagreements.length, 0);
  process.stdout.write(`${ran.length} ran, ${reports.length - ran.length} not here, ${disagreements} disagreements\n`);
  if (disagreements > 0) return 1;
  return ran.length > 0 ? 0 : 3;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        reads: { type: 'string', default: '100000' },
        seed: { type: 'string' },
        mechanisms: { type: 'string' },
        tries: { type: 'string', default: '60' },
        processes: { type: 'string', default: '12' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const known = MECHANISMS.filter(({ kind }) => kind !== 'bare').map(({ id }) => id);
    const mechanisms = values.mechanisms?.split(',') ?? null;
    for (const id of mechanisms ?? [])
      if (!known.includes(id)) throw new Error(`no mechanism '${id}'; there are: ${known.join(', ')}`);
    return {
      reads: whole('--reads', values.reads),
      seed: whole('--seed', values.seed ?? String(Date.now() % 1_000_000)),
      mechanisms,
      processes: whole('--processes', values.processes),
      shrinkTries: whole('--tries', values.tries),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} takes a whole number, not '${text}'`);
  return value;
}

process.exitCode = await main();
