/** The result in words and tables. */

import type { AaResult } from './aa.ts';
import type { TrustResult } from './bench.ts';
import { type Share, told } from './share.ts';
import type { ShiftResult } from './shift.ts';
import type { SimulationResult } from './simulation.ts';

export function reportOf(result: TrustResult): string {
  const { machine, loadAverage, aa, shift, simulation } = result;
  const [before, after] = loadAverage.map((value) => value.toFixed(1));
  return [
    `hookbench trust: ${machine}; load average ${before} before, ${after} after; seed ${result.seed}`,
    ...(aa === null ? [] : aaLines(aa)),
    ...(shift === null ? [] : shiftLines(shift)),
    ...(simulation === null ? [] : simulationLines(simulation)),
    ...result.failures.map((message) => `left out: ${message}`),
    '',
    result.missed.length === 0 ? 'No target was missed.' : `Missed: ${result.missed.join('; ')}.`,
    '',
  ].join('\n');
}

/** so many are wanted for a share of 5 % to be told from one of 10 % */
const ENOUGH = { aa: 200, simulation: 2000 };

function aaLines(r: AaResult): string[] {
  if (r.studies === 0) return nothing('A/A, real');
  const columns = r.rows.map(({ judge, alternated, sliced, all }) => [
    judge,
    told(alternated),
    told(sliced),
    told(all),
  ]);
  return [
    '',
    `A/A, real: ${r.comparisons} comparisons of a server with itself in ${r.studies} studies of ${r.forks} forks × ${r.blocks} blocks, ${r.perArm} requests per arm${few(r.comparisons, ENOUGH.aa)}`,
    `  median round trip ${us(r.base.p50Ns)}, sd ${us(r.base.sdNs)}, lag-1 autocorrelation ${r.base.lag1.toFixed(2)}`,
    ...table([['claims a difference', 'alternated', 'sliced', 'both'], ...columns]),
    `  hookbench's false positives 3–7 %: ${r.judgement}; its verdict is "invalid" in ${percent(r.invalid)}`,
  ];
}

function shiftLines(r: ShiftResult): string[] {
  if (r.studies === 0) return nothing('Injected delay, real');
  const rows = r.rows.map((row) => [
    `+${us(row.delayNs)}`,
    `${us(row.spin.medianNs)} [${us(row.spin.lowNs)}, ${us(row.spin.highNs)}]`,
    told(row.found),
    row.bias === null ? '–' : `${us(row.bias.meanNs)} [${us(row.bias.lowNs)}, ${us(row.bias.highNs)}]`,
    row.sdNs === null ? '–' : us(row.sdNs),
    row.halfWidthNs === null ? '–' : `±${us(row.halfWidthNs)}`,
    told(row.covered),
    percent(row.invalid),
  ]);
  const base = r.base === null ? '' : `; without a delay: median ${us(r.base.p50Ns)}, sd ${us(r.base.sdNs)}`;
  return [
    '',
    `Injected delay, real: ${r.studies} studies of ${r.forks} forks × ${r.blocks} blocks, ${r.perArm} requests per arm, alternated${base}`,
    ...table([
      ['delay', 'spin measured', 'found', 'bias', 'sd of estimates', 'interval', 'coverage', 'invalid'],
      ...rows,
    ]),
    `  +1 µs found in 95 % or more: ${r.judgement.found}; bias of at most 0.1 µs: ${r.judgement.bias}`,
  ];
}

function simulationLines(r: SimulationResult): string[] {
  if (r.studies === 0) return nothing('Simulated');
  const rows = r.rows.map((row) => [
    row.name,
    row.design,
    told(row.falsePositives),
    percent(row.pooledT),
    told(row.coverage.p50),
    percent(row.coverage.mean),
    percent(row.coverage.p99),
    us(row.biasNs),
    `±${us(row.halfWidthNs)}`,
  ]);
  const head = ['', 'design', 'A/A false positives', 'pooled t', 'coverage of the median', 'of the mean', 'of p99'];
  return [
    '',
    `Simulated: ${r.studies} studies${few(r.studies, ENOUGH.simulation)}`,
    ...table([[...head, 'bias', 'interval'], ...rows]),
    `  the default, --quick and all together: false positives 3–7 %: ${r.judgement.falsePositives}; coverage 93–97 %: ${r.judgement.coverage}`,
  ];
}

function nothing(part: string): string[] {
  return [
    '',
    `${part}: no study came to its end in the time given; give it more (--minutes), or end other work on this machine`,
  ];
}

function few(done: number, enough: number): string {
  return done < enough ? ` (fewer than ${enough}: more time or a quieter machine gives more)` : '';
}

function percent({ share }: Share): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)} %`;
}

function us(ns: number): string {
  const digits = Math.abs(ns) < 10_000 ? 3 : 1;
  return `${(ns / 1000).toFixed(digits).replace('-', '−')} µs`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd());
}
