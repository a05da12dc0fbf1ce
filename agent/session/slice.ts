/** One run of the load generator, and what the hooks inside the instances recorded meanwhile. */

import { type Assignment, BenchError, type Place, type RecordBody, type Slice, type Step } from '#proto';
import { LoadError } from '../load/generator.ts';
import type { RunResult, TargetCounters } from '../load/types.ts';
import type { Action } from '../mechanisms/mechanism.ts';
import type { Sut } from '../suts/sut.ts';
import { frameSamples, hookSamples } from './columns.ts';
import type { LiveFork, LiveInstance } from './fork.ts';
import type { SentTally } from './tally.ts';

const UNIT_TIMEOUT_MS = 10_000;

export interface SliceOutcome {
  readonly records: RecordBody[];
  readonly counters: readonly TargetCounters[];
  /** how long the load generator was at it */
  readonly ranMs: number;
  /** hook records lost in the rings, per instance id */
  readonly ringLost: ReadonlyMap<number, { received: number; lost: number }>;
  /** set when the slice did not run to its end; the records are what was measured until then */
  readonly failure: BenchError | null;
}

export async function runSlice(
  fork: LiveFork,
  o: { assignment: Assignment; step: Step; slice: Slice; sent: SentTally; signal: AbortSignal },
): Promise<SliceOutcome> {
  const { slice, step } = o;
  const named = new Set(Array.from(slice.order, (byte) => byte & 0x3f));
  const live = [...fork.instances, ...fork.bystanders].filter((instance) => named.has(instance.instance.id));
  const sut = live[0]!.sut;
  const startedMs = performance.now();
  const result = await runLoad(fork, o);
  const ranMs = performance.now() - startedMs;
  o.sent.add(result.counters, fork.openings);
  const phase = result.failure !== null ? 'void' : slice.phase === 'unspecified' ? step.phase : slice.phase;
  const place: Place = {
    sut: slice.sut,
    condition: o.assignment.condition,
    fork: o.assignment.fork,
    block: step.block,
    step: step.index,
    phase,
    design: step.design,
    vantage: sut.vantage,
  };
  const armOf = step.design === 'sliced' ? new Uint8Array(64).fill(slice.arm) : fork.armOf;
  const records: RecordBody[] = result.frames.map((frame) => ({
    body: 'samples',
    samples: frameSamples(frame, place, armOf),
  }));
  const ringLost = new Map<number, { received: number; lost: number }>();
  for (const instance of live) {
    if (instance.hook === null) continue;
    const drained = instance.hook.drain();
    if (drained === null) continue;
    ringLost.set(instance.instance.id, { received: drained.reads.length, lost: drained.lost });
    const hookPlace = { ...place, vantage: 'interposer' } as const;
    const opening = fork.openings.get(instance.instance.id)?.reads ?? 0;
    const settle = settlingReads(slice, sut, fork.order.action) + opening;
    for (const samples of hookSamples(drained.reads, hookPlace, instance.instance.arm, settle)) {
      records.push({ body: 'samples', samples });
    }
    const matches = { process: String(instance.process.pid), reads: drained.reads, dropped: 0 };
    records.push(...(fork.traces?.records(hookPlace, instance.instance.mechanism, matches) ?? []));
  }
  return { records, counters: result.counters, ranMs, ringLost, failure: result.failure };
}

/** how many of an instance's first reads in a slice belong to requests that settle a new connection */
export function settlingReads(slice: Slice, sut: Sut, action: Action): number {
  // under block every other one holds a keyword, is refused, and is followed by one that settles the next connection
  const extra = action === 'block' ? Math.floor(slice.settle / 2) : 0;
  return (slice.settle + extra) * (sut.protocol.kind === 'burst' ? sut.protocol.requestsPerUnit : 1);
}

async function runLoad(
  fork: LiveFork,
  o: { step: Step; slice: Slice; signal: AbortSignal },
): Promise<RunResult & { failure: BenchError | null }> {
  const { order, settle } = o.slice;
  try {
    const run = { step: o.step.index, order, settle, reconnect: true, timeoutMs: UNIT_TIMEOUT_MS, signal: o.signal };
    return { ...(await fork.generator.run(run)), failure: null };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return {
      frames: error.frames,
      counters: error.counters,
      failure: await failureOf(error, [...fork.instances, ...fork.bystanders]),
    };
  }
}

async function failureOf(error: LoadError, instances: readonly LiveInstance[]): Promise<BenchError> {
  if (error.code === 'aborted') return new BenchError('cancelled', 'the run was cancelled', { cause: error });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const instance = instances.find((i) => i.instance.id === error.targetId);
  const ended = instance?.process.ended();
  const dead = instances.find((i) => i.hook?.died?.() != null);
  if (dead !== undefined) return hookDead(dead, error);
  if (instance !== undefined && ended != null) {
    return new BenchError(
      'sut-died',
      `SUT ${instance.sut.id} (pid ${instance.process.pid}) died during the measurement: ${ended.how}`,
      {
        nextStep: 'look at its last lines and at the kernel log (dmesg) for the out-of-memory killer',
        detail: ended.lines,
        cause: error,
      },
    );
  }
  const who = instance === undefined ? 'the load generator' : `the load generator against ${instance.sut.id}`;
  return new BenchError('load-failed', `${who} failed: ${error.message}`, {
    nextStep: 'run the study again; if it fails again, run hookbench doctor',
    detail: error.stderrTail,
    cause: error,
  });
}

function hookDead({ instance, process, hook }: LiveInstance, cause: LoadError): BenchError {
  return new BenchError(
    'hook-dead',
    `the hook ${instance.mechanism} died, and SUT ${process.sut} (pid ${process.pid}), which can't go on without it, was ended`,
    {
      nextStep: 'look at its last lines and at the kernel log (dmesg) for the out-of-memory killer',
      detail: hook?.died?.() ?? '',
      cause,
    },
  );
}
