/** All parts within one time, each with its share of it. */

import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { BenchError } from '#proto';
import { PATHS } from '../../../agent/config.ts';
import { type AaResult, measureAa } from './aa.ts';
import { Budget } from './budget.ts';
import type { Analysis } from './judges.ts';
import type { Part } from './options.ts';
import { DELAYS_NS, measureShift, type ShiftResult } from './shift.ts';
import { type SimulationResult, simulate } from './simulation.ts';
import { buildSpinServer, checkSpin, register } from './spin-sut.ts';

export const TRUST_SCHEMA = 'hookbench.trust/v1';

export interface TrustResult {
  readonly schema: typeof TRUST_SCHEMA;
  readonly startedAt: string;
  readonly minutes: number;
  readonly seed: number;
  readonly machine: string;
  /** of one minute, before and after: other work on the machine is noise here */
  readonly loadAverage: readonly [number, number];
  /** null: not asked for */
  readonly aa: AaResult | null;
  readonly shift: ShiftResult | null;
  readonly simulation: SimulationResult | null;
  /** real studies that failed and were left out */
  readonly failures: readonly string[];
  /** one sentence for each target that was missed */
  readonly missed: readonly string[];
}

export interface TrustOptions {
  readonly minutes: number;
  readonly parts: readonly Part[];
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** smaller ones for tests */
  readonly sizes?: Sizes;
  readonly analysis?: Analysis;
}

export interface Sizes {
  readonly aa: Size;
  readonly shift: Size;
  readonly simulation: { readonly most: number };
}

interface Size {
  readonly perArm: number;
  readonly forks: number;
  readonly blocks: number;
  readonly most: number;
}

/** 6 × 4 is the product's default; 5,000 requests per arm are what the target for +1 µs speaks of */
const FULL: Sizes = {
  aa: { perArm: 960, forks: 6, blocks: 4, most: 1000 },
  shift: { perArm: 5000, forks: 6, blocks: 4, most: 1000 },
  simulation: { most: 20_000 },
};
const SHARES: Readonly<Record<Part, number>> = { aa: 0.4, shift: 0.3, simulation: 0.3 };
/** kept back for the build, the calibration and the last study under way */
const RESERVE_MS = 15_000;

/** @throws BenchError unsupported, or what a study failed with */
export async function runTrust(o: TrustOptions): Promise<TrustResult> {
  const startedAt = new Date();
  const loadBefore = loadavg()[0]!;
  const sizes = o.sizes ?? FULL;
  const needsServer = o.parts.some((part) => part !== 'simulation');
  const spins = needsServer ? prepare() : [];
  const totalMs = Math.max(o.minutes * 30_000, o.minutes * 60_000 - RESERVE_MS);
  const asked = o.parts.reduce((sum, part) => sum + SHARES[part], 0);
  const budgetOf = (part: Part) =>
    new Budget({
      ms: (totalMs * SHARES[part]) / asked,
      signal: o.signal,
      most: sizes[part].most,
      onProgress: (done, share) => o.onProgress(`${part}: ${done} studies, ${Math.round(100 * share)} % of its time`),
    });
  const failures: string[] = [];
  const only = async <T>(part: Part, work: (budget: Budget) => Promise<T>): Promise<T | null> => {
    if (!o.parts.includes(part)) return null;
    const budget = budgetOf(part);
    const result = await work(budget);
    failures.push(...budget.failures.map((message) => `${part}: ${message}`));
    return result;
  };
  const { seed } = o;
  const aa = await only('aa', (budget) => measureAa({ ...sizes.aa, seed, budget }));
  const shift = await only('shift', (budget) => measureShift({ ...sizes.shift, seed, budget, spins }));
  const own = o.analysis === undefined ? {} : { analysis: o.analysis };
  const simulation = await only('simulation', (budget) => simulate({ seed, budget, ...own }));
  return {
    schema: TRUST_SCHEMA,
    startedAt: startedAt.toISOString(),
    minutes: (Date.now() - startedAt.getTime()) / 60_000,
    seed,
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`,
    loadAverage: [loadBefore, loadavg()[0]!],
    ...{ aa, shift, simulation, failures },
    missed: missedOf(aa, shift, simulation),
  };
}

function prepare() {
  if (!existsSync(PATHS.loadGenerator)) {
    throw new BenchError('unsupported', 'the load generator is not built', { nextStep: 'npm run build' });
  }
  const binary = buildSpinServer();
  register(binary, DELAYS_NS);
  return checkSpin(binary, DELAYS_NS);
}

function missedOf(aa: AaResult | null, shift: ShiftResult | null, simulation: SimulationResult | null): string[] {
  const judged = [
    [aa?.judgement, 'false positives of 3–7 % in real A/A'],
    [shift?.judgement.found, '+1 µs found in 95 % of the studies or more'],
    [shift?.judgement.bias, 'a bias of at most 0.1 µs at +1 µs'],
    [simulation?.judgement.falsePositives, 'false positives of 3–7 % in simulation'],
    [simulation?.judgement.coverage, 'interval coverage of 93–97 % in simulation'],
  ] as const;
  return judged.flatMap(([judgement, sentence]) => (judgement === 'missed' ? [sentence] : []));
}
