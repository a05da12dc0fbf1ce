/** npm run bench:hooks */

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { memoryDir } from '../../agent/config.ts';
import { UndoStack } from '../../agent/host/undo.ts';
import { attachedRows } from './attached-rows.ts';
import { type Bench, measureAttached, measurePlaced } from './measure.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { placedRows } from './placed-rows.ts';
import type { Case } from './process.ts';
import { resultsOf } from './result.ts';
import type { Row } from './rows.ts';
import { tableOf } from './table.ts';
import { targetLines } from './targets.ts';

const CASES: readonly Case[] = (['local', 'tcp'] as const).flatMap((transport) =>
  [87, 1400].flatMap((bytes) => [false, true].map((hit) => ({ transport, bytes, hit }))),
);
/** reads of one process before its hook is drained for the first time: the warm-up of every case */
const MOST_READS = 16_000;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'number') return options;
  const undo = new UndoStack();
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-bench-'));
  undo.push(`folder ${dir}`, { kind: 'directory', path: dir }, () => rmSync(dir, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void undo.run().then(() => process.exit(4)));
  try {
    return await run(options, { undo, dir });
  } finally {
    await undo.run();
  }
}

async function run(options: BenchOptions, { undo, dir }: { undo: UndoStack; dir: string }): Promise<number> {
  const host = { undo, mostReads: MOST_READS };
  const all = [...placedRows(host, options.preloads), ...attachedRows(host)];
  const unknown = options.rows?.filter((id) => !all.some((row) => row.id === id)) ?? [];
  if (unknown.length > 0) {
    process.stderr.write(`no row '${unknown.join("', '")}'; there are: ${all.map(({ id }) => id).join(', ')}\n`);
    return 2;
  }
  const rows = all.filter(({ id }) => options.rows === null || options.rows.includes(id) || id.startsWith('preload:'));
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  const bench: Bench = { cases: CASES, effort: options.effort, seed: options.seed, dir, tell };
  const measured = [
    await measurePlaced(bench, ofKind(rows, 'placed')),
    await measureAttached(bench, ofKind(rows, 'attached')),
  ];
  const results = resultsOf(rows, measured, CASES);
  const json = {
    schema: 'hookbench.bench/v1',
    seed: options.seed,
    effort: options.effort,
    rows: results,
    targets: targetLines(results),
  };
  process.stdout.write(options.json ? `${JSON.stringify(json, null, 2)}\n` : tableOf(results, CASES));
  return results.some(({ missing }) => missing === null) ? 0 : 3;
}

function ofKind<K extends Row['kind']>(rows: readonly Row[], kind: K): Extract<Row, { kind: K }>[] {
  return rows.filter((row): row is Extract<Row, { kind: K }> => row.kind === kind);
}

process.exitCode = await main();
