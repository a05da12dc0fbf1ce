/** Interleaved rounds: every row's slice stands beside one of the base, in an order drawn from the seed. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pinningOf } from '../../agent/host/cores.ts';
import { Random } from '../../controller/plan/random.ts';
import { median } from '../../controller/stats/quantile.ts';
import { type BenchProcess, type Case, startBenchProcess } from './process.ts';
import type { AttachedRow, PlacedRow, PlacedRun } from './rows.ts';

export interface Effort {
  /** fresh starts of all processes (placed rows) */
  readonly forks: number;
  /** rounds in each fork */
  readonly rounds: number;
  /** attaches of each row */
  readonly attaches: number;
  /** slices of each case before, during and after an attach; the median counts */
  readonly slices: number;
  /** reads of one slice */
  readonly reads: number;
}

export interface Bench {
  readonly cases: readonly Case[];
  readonly effort: Effort;
  readonly seed: number;
  readonly dir: string;
  readonly tell: (line: string) => void;
}

/** One round of one case: what is in the middle of its slices' latencies, ns. */
export interface Round {
  readonly row: string;
  readonly of: Case;
  readonly baseNs: number;
  readonly withNs: number;
  /** what a process has to bear that the probe filters out: its own slice with and without; null for rows without a probe */
  readonly bystander: { readonly baseNs: number; readonly withNs: number } | null;
}

export interface Measured {
  readonly rounds: readonly Round[];
  /** row → why it could not be measured after all */
  readonly failed: ReadonlyMap<string, string>;
}

const WARM_UP_READS = 500;

/** Each row is a process of its own; so is the base. */
export async function measurePlaced(bench: Bench, rows: readonly PlacedRow[]): Promise<Measured> {
  const random = new Random(bench.seed, 'placed');
  const rounds: Round[] = [];
  const failed = new Map<string, string>();
  for (let fork = 0; fork < bench.effort.forks && rows.length > 0; fork++) {
    bench.tell(`libraries: fork ${fork + 1} of ${bench.effort.forks}`);
    const base = await started({}, bench);
    const live = new Map<PlacedRow, Live>();
    try {
      for (const row of random.shuffled(rows)) {
        if (failed.has(row.id)) continue;
        try {
          live.set(row, await place(row, bench, fork));
        } catch (error) {
          failed.set(row.id, messageOf(error));
        }
      }
      for (let i = 0; i < bench.effort.rounds; i++)
        for (const of of random.shuffled(bench.cases))
          rounds.push(...(await placedRound(bench, of, { base, live, random })));
      for (const [row, { process, run }] of live)
        if (run.records)
          noteMissed(failed, row.id, { seen: run.hook!.counts() ?? { reads: 0, hits: 0 }, made: process.made });
    } finally {
      for (const { process } of [{ process: base }, ...live.values()]) await process.end();
    }
  }
  return { rounds, failed };
}

interface Live {
  readonly process: BenchProcess;
  readonly run: PlacedRun;
}

/** A hook that has not seen every read has not done the work that is measured. */
function noteMissed(
  failed: Map<string, string>,
  row: string,
  { seen, made }: Record<'seen' | 'made', { readonly reads: number; readonly hits: number }>,
): void {
  if (seen.reads === made.reads && seen.hits === made.hits) return;
  failed.set(row, `it saw ${seen.reads} of ${made.reads} reads and ${seen.hits} of ${made.hits} keywords`);
}

async function place(row: PlacedRow, bench: Bench, fork: number): Promise<Live> {
  const dir = join(bench.dir, `${row.id.replace(/\W/g, '_')}-${fork}`);
  mkdirSync(dir);
  const run = await row.place(dir);
  const process = await started(run.env, bench);
  try {
    run.hook?.assertLive(process.pid);
  } catch (error) {
    await process.end();
    throw error;
  }
  return { process, run };
}

async function placedRound(
  bench: Bench,
  of: Case,
  o: {
    base: BenchProcess;
    live: ReadonlyMap<PlacedRow, Live>;
    random: Random;
  },
): Promise<Round[]> {
  let baseNs = 0;
  const withNs = new Map<string, number>();
  for (const row of o.random.shuffled([null, ...o.live.keys()])) {
    const one = row === null ? null : o.live.get(row)!;
    const { middleNs } = await (one?.process ?? o.base).read(of, bench.effort.reads);
    one?.run.hook?.drain();
    if (row === null) baseNs = middleNs;
    else withNs.set(row.id, middleNs);
  }
  return [...withNs].map(([row, ns]) => ({ row, of, baseNs, withNs: ns, bystander: null }));
}

/** One process with and without, and one beside it that the probe is not asked for: each compared with itself. */
export async function measureAttached(bench: Bench, rows: readonly AttachedRow[]): Promise<Measured> {
  const random = new Random(bench.seed, 'attached');
  const rounds: Round[] = [];
  const failed = new Map<string, string>();
  if (rows.length === 0) return { rounds, failed };
  const [target, beside] = [await started({}, bench), await started({}, bench)];
  try {
    for (let i = 0; i < bench.effort.attaches; i++) {
      bench.tell(`probes: attach ${i + 1} of ${bench.effort.attaches}`);
      for (const row of random.shuffled(rows)) {
        if (failed.has(row.id)) continue;
        try {
          rounds.push(...(await attachedRound(bench, row, { target, beside, random, number: i, failed })));
        } catch (error) {
          failed.set(row.id, messageOf(error));
        }
      }
    }
  } finally {
    await target.end();
    await beside.end();
  }
  return { rounds, failed };
}

async function attachedRound(
  bench: Bench,
  row: AttachedRow,
  o: { target: BenchProcess; beside: BenchProcess; random: Random; number: number; failed: Map<string, string> },
): Promise<Round[]> {
  const dir = join(bench.dir, `${row.id}-${o.number}`);
  mkdirSync(dir);
  const before = await slices(bench, o);
  const hook = await row.attach({ pid: o.target.pid, dir, poke: () => o.target.poke() });
  const madeBefore = { ...o.target.made };
  let seen: { readonly reads: number; readonly hits: number } | null = null;
  const during = await slices(bench, o).finally(async () => {
    seen = await hook.detach();
  });
  const made = { reads: o.target.made.reads - madeBefore.reads, hits: o.target.made.hits - madeBefore.hits };
  if (seen !== null) noteMissed(o.failed, row.id, { seen, made });
  const after = await slices(bench, o);
  const mean = (a: number, b: number) => (a + b) / 2;
  return bench.cases.map((of, i) => ({
    row: row.id,
    of,
    baseNs: mean(before[i]!.target, after[i]!.target),
    withNs: during[i]!.target,
    bystander: { baseNs: mean(before[i]!.beside, after[i]!.beside), withNs: during[i]!.beside },
  }));
}

/** Slices of each case, of both processes, on new connections; in the order of the cases, measured in a random one. */
async function slices(bench: Bench, o: { target: BenchProcess; beside: BenchProcess; random: Random }) {
  const found = bench.cases.map(() => ({ target: [] as number[], beside: [] as number[] }));
  for (const process of [o.target, o.beside]) {
    await process.connect();
    await process.read(bench.cases[0]!, WARM_UP_READS);
  }
  const turns = Array.from({ length: bench.effort.slices }, () => [...bench.cases.keys()]).flat();
  for (const i of o.random.shuffled(turns))
    for (const who of o.random.shuffled(['target', 'beside'] as const))
      found[i]![who].push((await o[who].read(bench.cases[i]!, bench.effort.reads)).middleNs);
  const middle = (values: readonly number[]) => median(Float64Array.from(values));
  return found.map(({ target, beside }) => ({ target: middle(target), beside: middle(beside) }));
}

async function started(env: Readonly<Record<string, string>>, bench: Bench): Promise<BenchProcess> {
  const process = await startBenchProcess(env, pinningOf().sut);
  for (const of of bench.cases) await process.read(of, WARM_UP_READS);
  return process;
}

/** the first line: it stands in a table */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
