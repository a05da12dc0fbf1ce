/** What the bench is asked for. */

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Effort } from './measure.ts';

const USAGE = `Usage: npm run bench:hooks -- [--quick] [--rows a,b] [--preload FILE.so]… [--seed N] [--json]

Measures in one run what each hook adds to a read: preload libraries as processes beside a plain one, kernel probes attached and
detached around short slices; in random order, drawn from the seed. Rows that this machine can't measure say why.

  --quick             fewer rounds: about a tenth of the time, wider intervals
  --rows a,b          only these rows (an unknown name lists them all)
  --preload FILE.so   one more row, of another preload library (repeatable)
  --seed N            of the order (default: drawn, and in the result)
  --json              the result as JSON (schema hookbench.bench/v1)

Examples:
  npm run bench:hooks
  npm run bench:hooks -- --rows aa,full-ac,full-simd,reference
  npm run bench:hooks -- --quick --rows aa,reference --preload ./libmine.so --json

Exit codes: 0 measured; 1 failed; 2 bad usage; 3 no row could be measured here; 4 interrupted.
`;

const FULL: Effort = { forks: 4, rounds: 12, attaches: 10, slices: 3, reads: 1000 };
const QUICK: Effort = { forks: 1, rounds: 8, attaches: 3, slices: 1, reads: 300 };

export interface BenchOptions {
  readonly effort: Effort;
  /** null for all */
  readonly rows: readonly string[] | null;
  readonly preloads: readonly string[];
  readonly seed: number;
  readonly json: boolean;
}

/** @returns an exit code when there is nothing to measure */
export function readOptions(args: readonly string[]): BenchOptions | number {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        rows: { type: 'string' },
        preload: { type: 'string', multiple: true, default: [] },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    for (const file of values.preload) if (!existsSync(file)) throw new Error(`no library at ${file}`);
    const seed = Number(values.seed ?? Date.now() % 1_000_000);
    if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed takes a whole number, not '${values.seed}'`);
    return {
      effort: values.quick ? QUICK : FULL,
      rows: values.rows?.split(',') ?? null,
      preloads: values.preload,
      seed,
      json: values.json,
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
}
