/** Command line of the bench. */

import { parseArgs } from 'node:util';
import { BenchError } from '#proto';

export const PARTS = ['aa', 'shift', 'simulation'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly minutes: number;
  readonly parts: readonly Part[];
  readonly seed: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
}

export const HELP = `bench:trust: how far can hookbench's own answers be trusted on this machine?

  npm run bench:trust -- [--minutes N] [--part aa,shift,simulation] [--seed N] [--json] [--quiet]

Parts
  aa          real comparisons of a server with itself: false claims of hookbench, and of the usual tests on the same samples
  shift       a server that takes exactly 0.5, 1, 2 or 5 µs longer: how often that is found, and how far off the estimate is
  simulation  simulated studies, the paper's kind of noise, a known truth: false positives and coverage of the intervals

Options
  --minutes N    time for everything, at most 10 (default 10); less time gives fewer repetitions and wider intervals
  --part LIST    only these parts
  --seed N       seed of plans and simulated studies (default 1)
  --json         the result as JSON on standard output (schema hookbench.trust/v1)
  --quiet        no progress
  --help         this text

Exit codes
  0  no target was missed (one that could not be decided in the time given is called unclear)
  1  a target was missed, or a part failed
  2  bad usage
  3  the machine lacks something
  4  interrupted

Examples
  npm run bench:trust
  npm run bench:trust -- --minutes 2
  npm run bench:trust -- --part simulation --minutes 3 --seed 7
  npm run --silent bench:trust -- --json > trust.json
`;

/** @throws BenchError usage */
export function readOptions(args: readonly string[]): Options {
  const values = parsed(args);
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 10)) throw usage(`--minutes ${values.minutes} is not above 0 and at most 10`);
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31)
    throw usage(`--seed ${values.seed} is not a whole number`);
  const wanted = values.part === undefined ? [...PARTS] : values.part.split(',');
  const unknown = wanted.filter((name) => !PARTS.some((part) => part === name));
  if (unknown.length > 0) throw usage(`unknown part ${unknown.join(', ')}; known: ${PARTS.join(', ')}`);
  const parts = PARTS.filter((part) => wanted.includes(part));
  return { minutes, parts, seed, json: values.json, quiet: values.quiet, help: values.help };
}

function parsed(args: readonly string[]) {
  try {
    const flag = { type: 'boolean', default: false } as const;
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '10' },
        part: { type: 'string' },
        seed: { type: 'string', default: '1' },
        json: flag,
        quiet: flag,
        help: flag,
      },
    }).values;
  } catch (cause) {
    throw usage((cause as Error).message);
  }
}

function usage(message: string): BenchError {
  return new BenchError('usage', message, { nextStep: 'npm run bench:trust -- --help shows the options' });
}
