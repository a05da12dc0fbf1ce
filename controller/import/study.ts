/** Imported files → the record of a study, as the analysis reads it. */

import { BenchError, VERSION } from '#proto';
import type { Arm, Batch, ImportedRun, StudyRecord } from '../analysis/record.ts';
import type { CsvRows } from './rows.ts';
import { type Warmup, type WarmupCut, warmupCut } from './warmup.ts';

/** arms by index; what the hook was, a CSV does not say */
export const IMPORTED_ARMS: readonly Arm[] = [
  { index: 0, mechanism: 'none', aa: false, design: 'sequential' },
  { index: 1, mechanism: 'hook', aa: false, design: 'sequential' },
];

/** One file of one arm. */
export interface ImportedFile {
  readonly arm: 0 | 1;
  readonly condition: string;
  /** name without its folder */
  readonly file: string;
  readonly rows: CsvRows;
}

export interface ImportOptions {
  readonly warmup: Warmup;
  readonly command: string;
}

/** SUT and node of an import: a CSV names neither */
export const IMPORTED = 'imported';

/** @param files in the order given; the runs of an arm and condition are numbered in it
 * @returns a record whose cells have design `sequential`; each run's measured rows lie in STRETCHES blocks of near equal length
 * @throws BenchError usage where a warm-up leaves too little, or an arm has no variance to test against */
export function importedStudy(files: readonly ImportedFile[], o: ImportOptions): StudyRecord {
  const cuts = files.map((file) => checkedCut(file, o.warmup));
  requireVariance(files, cuts);
  const runs = files.map((file, i) => runOf(file, (cuts[i] as WarmupCut).rows));
  const conditions = [...new Set(files.map(({ condition }) => condition))];
  const runCounts = conditions.flatMap((condition) => ARMS.map((arm) => filesOf(files, condition, arm).length));
  const startedMs = Math.min(...runs.map((run) => run.firstStartMs));
  return {
    id: `import-${new Date(startedMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`,
    seed: 0,
    startedAt: new Date(startedMs).toISOString(),
    finishedAt: new Date(Math.max(...runs.map((run) => run.lastStartMs))).toISOString(),
    status: 'complete',
    requestsPerArm: Math.max(...files.map(({ rows }) => rows.responseNs.length)),
    plannedSamples: {},
    warmup: o.warmup === 'auto' ? null : Math.max(...cuts.map(({ rows }) => rows)),
    forks: Math.min(...runCounts),
    blocks: STRETCHES,
    action: IMPORTED,
    functions: [],
    catalogue: [],
    keywordList: [],
    traces: [],
    blocking: [],
    suts: [IMPORTED],
    mechanisms: IMPORTED_ARMS.map(({ mechanism }) => mechanism),
    conditions,
    keywords: 0,
    hookbenchVersion: VERSION,
    command: o.command,
    marginNs: null,
    nodes: [],
    arms: IMPORTED_ARMS,
    batches: files.flatMap((file, i) => batchesOf(file, forkOf(files, i), (cuts[i] as WarmupCut).rows)),
    histograms: [],
    parity: [],
    loss: [],
    throttling: [],
    imported: runs,
    warnings: files.flatMap((file, i) => warningsOf(file, cuts[i] as WarmupCut)),
  };
}

const ARMS = [0, 1] as const;
const ARM_NAMES = ['baseline', 'treated'] as const;
/** stretches of a run: enough for a trend, long enough (≥ 5 requests) for a median */
const STRETCHES = 40;
const LEAST_MEASURED = 20;

function filesOf(files: readonly ImportedFile[], condition: string, arm: 0 | 1): readonly ImportedFile[] {
  return files.filter((file) => file.condition === condition && file.arm === arm);
}

/** a run's number among those of its arm and condition */
function forkOf(files: readonly ImportedFile[], index: number): number {
  const { condition, arm } = files[index] as ImportedFile;
  return filesOf(files.slice(0, index), condition, arm).length;
}

function checkedCut({ file, rows }: ImportedFile, warmup: Warmup): WarmupCut {
  const cut = warmupCut(rows.responseNs, warmup);
  const n = rows.responseNs.length;
  if (n - cut.rows >= LEAST_MEASURED) return cut;
  const left = cut.rows > 0 ? `, of which a warm-up of ${cut.rows} leaves ${Math.max(0, n - cut.rows)}` : '';
  throw new BenchError(
    'usage',
    `${file} has ${n} row${n === 1 ? '' : 's'}${left}; at least ${LEAST_MEASURED} are needed`,
    {
      nextStep: cut.rows > 0 ? 'give a smaller --warmup' : 'give a file with more requests',
    },
  );
}

function requireVariance(files: readonly ImportedFile[], cuts: readonly WarmupCut[]): void {
  files.forEach(({ file, rows }, i) => {
    const measured = rows.responseNs.subarray((cuts[i] as WarmupCut).rows);
    if (measured.some((ns) => ns !== measured[0])) return;
    throw new BenchError(
      'usage',
      `${file}: every response_time after the warm-up is ${(measured[0] as number) / 1e6} ms`,
      {
        nextStep: 'give measured values; nothing can be tested against values that never vary',
      },
    );
  });
}

function runOf({ arm, condition, file, rows }: ImportedFile, warmupRows: number): ImportedRun {
  let first = Infinity;
  let last = -Infinity;
  for (const startS of rows.startTimeS) {
    if (startS < first) first = startS;
    if (startS > last) last = startS;
  }
  const n = rows.responseNs.length;
  return { arm, condition, file, rows: n, warmupRows, firstStartMs: first * 1000, lastStartMs: last * 1000 };
}

function batchesOf(file: ImportedFile, fork: number, warmupRows: number): readonly Batch[] {
  const n = file.rows.responseNs.length;
  const measured = n - warmupRows;
  const stretches = Math.min(STRETCHES, Math.floor(measured / 5));
  const cuts = Array.from({ length: stretches + 1 }, (_, i) => warmupRows + Math.floor((measured * i) / stretches));
  const measuring = cuts
    .slice(1)
    .map((end, block) => batchOf(file, { fork, block, phase: 'measure', from: cuts[block] as number, to: end }));
  if (warmupRows === 0) return measuring;
  return [batchOf(file, { fork, block: 0, phase: 'warmup', from: 0, to: warmupRows }), ...measuring];
}

interface Stretch {
  readonly fork: number;
  readonly block: number;
  readonly phase: 'warmup' | 'measure';
  readonly from: number;
  readonly to: number;
}

function batchOf({ arm, condition, rows }: ImportedFile, { fork, block, phase, from, to }: Stretch): Batch {
  const startTimeS = rows.startTimeS[from] as number;
  return {
    ...{ node: IMPORTED, sut: IMPORTED, condition, vantage: 'client', design: 'sequential', phase, fork, block },
    step: arm,
    t0Ns: BigInt(Math.round(startTimeS * 1e6)) * 1000n,
    dtNs: new Uint32Array(to - from),
    latencyNs: rows.responseNs.subarray(from, to),
    arm: new Uint8Array(to - from).fill(arm),
    flags: new Uint8Array(to - from),
  };
}

function warningsOf({ arm, file, rows }: ImportedFile, cut: WarmupCut): StudyRecord['warnings'] {
  const name = `${ARM_NAMES[arm]} ${file}`;
  const unsorted = rows.startTimeS.reduce((sum, s, i, all) => sum + (i > 0 && s < (all[i - 1] as number) ? 1 : 0), 0);
  return [
    ...(rows.badRows > 0
      ? [
          {
            code: 'bad-rows-skipped',
            detail: `${name}: ${rows.badRows} malformed row${rows.badRows === 1 ? ' was' : 's were'} left out; the first: ${rows.firstBad}`,
          },
        ]
      : []),
    ...(unsorted > 0
      ? [
          {
            code: 'unsorted-times',
            detail: `${name}: start_time steps back ${unsorted} time${unsorted === 1 ? '' : 's'}; the file's order is kept`,
          },
        ]
      : []),
    ...(cut.settled
      ? []
      : [
          {
            code: 'never-settled',
            detail: `${name}: no end of the warm-up was found, so no row was left out; give --warmup N`,
          },
        ]),
  ];
}
