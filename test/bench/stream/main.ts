/** npm run bench:stream */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { random } from '../../helpers/random.ts';
import { makeCertificates } from './certificates.ts';
import { type Measured, measure } from './measure.ts';
import { readOptions, type StreamOptions } from './options.ts';
import { buildPrograms } from './programs.ts';
import { rowsOf } from './result.ts';
import { tableOf } from './table.ts';
import { targetsOf } from './targets.ts';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'number') return options;
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-stream-'));
  const programs = await buildPrograms();
  const remove = () => {
    for (const path of [dir, programs]) rmSync(path, { recursive: true, force: true });
  };
  // the children end with their channel to this process
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      remove();
      process.exit(4);
    });
  try {
    return await run(options, { dir, programs });
  } finally {
    remove();
  }
}

async function run(
  { variants, rounds, timing, seed, json }: StreamOptions,
  { dir, programs }: { dir: string; programs: string },
): Promise<number> {
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  const agents = Math.max(0, ...variants.filter(({ tls }) => tls).map((one) => one.processes * one.sending.agents));
  const tlsDir = agents === 0 ? null : join(dir, 'tls');
  if (tlsDir !== null) {
    tell(`making ${agents + 1} certificates`);
    await makeCertificates(tlsDir, agents);
  }
  const order = random(seed);
  const done: Measured[][] = [];
  for (let round = 0; round < rounds; round++) {
    const own: Measured[] = [];
    for (const variant of order.shuffled(variants)) {
      tell(`round ${round + 1} of ${rounds}: ${variant.title}`);
      own.push(await measure(variant, { tlsDir, dir, programs, timing }));
    }
    done.push(own);
  }
  const rows = rowsOf(variants, done);
  const result = { schema: 'hookbench.bench-stream/v1', seed, timing, rows, targets: targetsOf(rows), rounds: done };
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : tableOf(rows));
  return 0;
}

process.exitCode = await main();
