/** What bench:stream is asked for. */

import { parseArgs } from 'node:util';
import type { Timing } from './measure.ts';
import { VARIANTS, type Variant } from './variants.ts';

const USAGE = `Usage: npm run bench:stream -- [--quick] [--rows a,b] [--rounds N] [--seed N] [--json]

Measures in one run how samples get from agents to the disk of a controller: the product's own Uplink, spool, gRPC, ingest and segments,
as processes of their own over loopback, each variant beside plain TCP with the same bytes. Rounds interleave the variants in random order.

  --quick       two short rounds
  --rows a,b    only these: ${VARIANTS.map(({ id }) => id).join(', ')}
  --rounds N    rounds (default 5)
  --seed N      of the order (default: drawn, and in the result)
  --json        the result as JSON (schema hookbench.bench-stream/v1)

Examples:
  npm run bench:stream
  npm run bench:stream -- --quick --rows tcp,flat,flat-mtls

Exit codes: 0 measured; 1 failed; 2 bad usage; 4 interrupted.
`;

export interface StreamOptions {
  readonly variants: readonly Variant[];
  readonly rounds: number;
  readonly timing: Timing;
  readonly seed: number;
  readonly json: boolean;
}

/** @returns an exit code when there is nothing to measure */
export function readOptions(args: readonly string[]): StreamOptions | number {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        rows: { type: 'string' },
        rounds: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    return {
      variants: values.rows === undefined ? VARIANTS : values.rows.split(',').map(variantOf),
      rounds: whole('--rounds', values.rounds ?? (values.quick ? '2' : '5'), 1),
      timing: values.quick ? { warmMs: 1500, measureMs: 2000 } : { warmMs: 3000, measureMs: 5000 },
      seed: whole('--seed', values.seed ?? String(Date.now() % 1_000_000), 0),
      json: values.json,
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
}

function variantOf(id: string): Variant {
  const found = VARIANTS.find((variant) => variant.id === id);
  if (found === undefined) throw new Error(`no row '${id}'; there are: ${VARIANTS.map((one) => one.id).join(', ')}`);
  return found;
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`${name} takes a whole number from ${least} up, not '${text}'`);
  return value;
}
