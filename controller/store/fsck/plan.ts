/** plan.json beside the samples: is everything that was planned there, and nothing else? */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasurementRecord } from '#proto';
import { SAMPLE_SETTLE } from '../../analysis/record.ts';
import type { StudyMeta } from '../meta.ts';
import { nodeOf } from '../records.ts';
import { damage, type Finding, note } from './finding.ts';

const FILE = 'plan.json';
/** clocks that time every unit of the plan; those inside a hook see the arms with a hook only */
const TIMED = ['client', 'caller'];
const AGAIN = 'the samples are as they were stored; run the study again for what is missing';

interface RecordedPlan {
  readonly schema: string;
  readonly nodes: readonly {
    readonly node: string;
    readonly forks: readonly {
      readonly fork: number;
      readonly condition: string;
      readonly steps: readonly { readonly index: number; readonly slices: readonly { sut: string; order: string }[] }[];
    }[];
  }[];
}

/** counts what was stored, step by step */
export class PlanCheck {
  readonly #meta: StudyMeta;
  readonly #found = new Map<string, number>();
  readonly #foreignArms = new Set<number>();
  #lost = 0;

  constructor(meta: StudyMeta) {
    this.#meta = meta;
  }

  record(record: MeasurementRecord): void {
    if (record.body === 'loss') this.#lost += record.loss.lost;
    if (record.body !== 'samples') return;
    const { place, flags, arm, n } = record.samples;
    for (let i = 0; i < n; i++)
      if ((arm[i] as number) >= this.#meta.arms.length) this.#foreignArms.add(arm[i] as number);
    if (!TIMED.includes(place.vantage)) return;
    let settled = 0;
    for (let i = 0; i < n; i++) if (((flags[i] as number) & SAMPLE_SETTLE) !== 0) settled += 1;
    const key = keyOf(nodeOf(record), place);
    this.#found.set(key, (this.#found.get(key) ?? 0) + n - settled);
  }

  findings(dir: string): Finding[] {
    const arms = [...this.#foreignArms].map((arm) =>
      damage('plan-mismatch', 'samples', `samples of arm ${arm}, which study.json does not have`, AGAIN),
    );
    const plan = readPlan(dir, this.#meta);
    return 'finding' in plan ? [plan.finding, ...arms] : [...arms, ...this.#against(plan.plan)];
  }

  #against(plan: RecordedPlan): Finding[] {
    const planned = plannedSamples(plan, this.#meta);
    const findings: Finding[] = [];
    let [fewer, short, given] = [0, 0, 0];
    const unfinished = new Set((this.#meta.unfinished ?? []).map(forkKey));
    for (const [key, found] of this.#found) {
      const wanted = planned.get(key);
      if (wanted === undefined)
        findings.push(damage('plan-mismatch', FILE, `samples of ${told(key)}, which was not planned`, AGAIN));
      else if (found > wanted)
        findings.push(
          damage('too-many-samples', FILE, `${found} samples of ${told(key)}, where ${wanted} were planned`, AGAIN),
        );
    }
    for (const [key, wanted] of planned) {
      const found = this.#found.get(key) ?? 0;
      if (found >= wanted) continue;
      if (unfinished.has(forkKey(placeOf(key)))) {
        given += wanted - found;
        continue;
      }
      fewer += 1;
      short += wanted - found;
    }
    const early = `${given.toLocaleString('en-US')} samples of ${unfinished.size} forks that were not measured to their end, as study.json says`;
    if (given > 0) findings.push(note('too-few-samples', FILE, early));
    return fewer === 0 ? findings : [...findings, ...this.#short(fewer, short)];
  }

  /** A study that was stopped has less than was planned, and one that blocks times only what is not blocked. */
  #short(steps: number, samples: number): Finding[] {
    const { status, action } = this.#meta;
    if (action === 'block') return [];
    const text = `${samples.toLocaleString('en-US')} samples of ${steps} steps were planned and are not there`;
    if (status !== 'complete') return [note('too-few-samples', FILE, `${text}: the study is ${status}`)];
    if (this.#lost > 0) return [note('too-few-samples', FILE, `${text}: ${this.#lost} were counted as lost`)];
    return [damage('too-few-samples', FILE, text, AGAIN)];
  }
}

function readPlan(dir: string, meta: StudyMeta): { plan: RecordedPlan } | { finding: Finding } {
  const path = join(dir, FILE);
  if (!existsSync(path)) {
    const message = 'there is no plan.json: what was planned is not known';
    if (meta.status === 'complete') return { finding: damage('plan-missing', FILE, message, AGAIN) };
    return { finding: note('plan-missing', FILE, message) };
  }
  try {
    const plan = JSON.parse(readFileSync(path, 'utf8')) as RecordedPlan;
    if (plan.schema !== 'hookbench.plan/v1') throw new Error(`schema ${plan.schema}`);
    plannedSamples(plan, meta);
    return { plan };
  } catch (error) {
    const message = `plan.json can't be read: ${(error as Error).message}`;
    return { finding: damage('unreadable', FILE, message, AGAIN) };
  }
}

function plannedSamples(plan: RecordedPlan, meta: StudyMeta): Map<string, number> {
  const perUnit = new Map(meta.suts.map(({ id, unitSamples }) => [id, unitSamples]));
  const planned = new Map<string, number>();
  for (const { node, forks } of plan.nodes) {
    for (const { fork, condition, steps } of forks) {
      for (const { index, slices } of steps) {
        for (const { sut, order } of slices) {
          const key = keyOf(node, { condition, fork, step: index, sut });
          const units = Buffer.from(order, 'base64').length;
          planned.set(key, (planned.get(key) ?? 0) + units * (perUnit.get(sut) ?? 1));
        }
      }
    }
  }
  return planned;
}

interface Step {
  readonly condition: string;
  readonly fork: number;
  readonly step: number;
  readonly sut: string;
}

function keyOf(node: string, { condition, fork, step, sut }: Step): string {
  return JSON.stringify([node, condition, fork, step, sut]);
}

function placeOf(key: string): Step & { readonly node: string } {
  const [node, condition, fork, step, sut] = JSON.parse(key) as [string, string, number, number, string];
  return { node, condition, fork, step, sut };
}

function forkKey({ node, condition, fork }: { node: string; condition: string; fork: number }): string {
  return JSON.stringify([node, condition, fork]);
}

function told(key: string): string {
  const { node, condition, fork, step, sut } = placeOf(key);
  return `${sut} on ${node} (${condition}), fork ${fork + 1}, step ${step}`;
}
