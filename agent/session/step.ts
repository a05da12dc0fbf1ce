/** One step: its slices, with a mechanism attached around them where the plan says so. */

import { type Assignment, asBenchError, BenchError, type RecordBody, type Step } from '#proto';
import type { AttachedFindings, AttachedHook, AttachedMechanism, Mechanism } from '../mechanisms/mechanism.ts';
import { findingRecords } from './findings.ts';
import { expectRefusals, known, type LiveFork, type LiveInstance } from './fork.ts';
import { KernelTimes } from './kernel-time.ts';
import type { ForkLedger } from './ledger.ts';
import type { ForkObserver } from './observer.ts';
import type { Rest } from './rest.ts';
import { runSlice } from './slice.ts';
import { SentTally } from './tally.ts';

export interface StepContext {
  readonly assignment: Assignment;
  readonly ledger: ForkLedger;
  readonly observer: Pick<ForkObserver, 'slice'>;
  readonly rest: Rest;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/** @returns everything measured; when it fails the error carries nothing: the records were handed to `keep` as void before */
export async function runStep(
  fork: LiveFork,
  step: Step,
  c: StepContext,
  keep: (records: RecordBody[]) => void,
): Promise<void> {
  if (step.attach === '') {
    await c.rest.wait(step, c.signal);
    const { records, failure } = await runSlices(fork, step, c, { sent: new SentTally() });
    keep(records);
    if (failure !== null) throw failure;
    return;
  }
  await runAttached(fork, step, c, keep);
}

async function runAttached(
  fork: LiveFork,
  planned: Step,
  c: StepContext,
  keep: (records: RecordBody[]) => void,
): Promise<void> {
  const step = withoutCensusOfBlocked(planned, fork);
  const mechanism = attachedMechanism(step.attach, fork.mechanisms);
  const targets = slicedFirst(countedBy(mechanism.id, fork, step, c.ledger));
  c.tell(`attaching ${mechanism.id}`);
  const hook = await mechanism.attach(
    fork.order,
    targets.map((live) => live.process.servingPid),
    c.signal,
  );
  c.ledger.attached(hook);
  c.rest.attached(hook.attachMs);
  c.tell(`${mechanism.id} attached after ${(hook.attachMs / 1000).toFixed(1)} s`);
  const before = new Map(targets.map((live) => [live.instance.id, live.hook?.counts()]));
  const sent = new SentTally();
  const times = new KernelTimes({ hook, undo: fork.order.host.undo });
  await expectRefusals(fork, targets, true);
  const { records, failure } = await runSlices(fork, step, c, { sent, times, attached: mechanism.id });
  await expectRefusals(fork, targets, false);
  const counted = await times.end(
    step,
    targets.map(({ sut }) => sut.id),
    c.assignment,
  );
  const findings = await detached(hook, mechanism.id).catch((error: unknown) => asBenchError(error));
  if (findings instanceof BenchError || failure !== null) {
    keep(records.map(voided));
    throw failure !== null && failure.code !== 'cancelled'
      ? failure
      : findings instanceof BenchError
        ? findings
        : failure!;
  }
  keep([...records, ...counted, ...findingRecords(fork, step, c, { mechanism, targets, findings, sent, before })]);
}

/** Those that the step has slices for, without those whose hook can't be counted from outside; they get their requests all the same. */
function countedBy(attached: string, fork: LiveFork, step: Step, ledger: ForkLedger): LiveInstance[] {
  return fork.instances.filter(({ instance: { id, mechanism: placed } }) => {
    const mechanism = known(fork.mechanisms, placed, 'mechanism');
    const why = (mechanism.kind === 'placed' && mechanism.uncounted?.(attached)) || null;
    if (why !== null && namedIn(step, id))
      ledger.note({ code: 'hook-scope', detail: `${attached} does not count the reads under ${placed}: ${why}` });
    return why === null && namedIn(step, id);
  });
}

/** What a hook outside takes away the hook inside a process can't have seen: under block they are not compared. */
function withoutCensusOfBlocked(step: Step, { order }: LiveFork): Step {
  if (order.action !== 'block') return step;
  return { ...step, slices: step.slices.filter(({ phase }) => phase !== 'census') };
}

/** @throws BenchError probe-died also when it had ended before it was told to */
async function detached(hook: AttachedHook, id: string): Promise<readonly AttachedFindings[]> {
  const died = hook.died();
  if (died === null) return hook.detach();
  throw new BenchError('probe-died', `${id} ended while it was measured: ${died.split('\n')[0]}`, {
    nextStep:
      'what was measured before is kept; look for who ended it (dmesg, the out-of-memory killer) and run the study again',
    detail: died.split('\n').slice(1).join('\n'),
  });
}

async function runSlices(
  fork: LiveFork,
  step: Step,
  c: StepContext,
  { sent, times, attached }: { sent: SentTally; times?: KernelTimes; attached?: string },
): Promise<{ records: RecordBody[]; failure: BenchError | null }> {
  const records: RecordBody[] = [];
  const idsOf = (some: readonly LiveInstance[]) => new Set(some.map(({ instance }) => instance.id));
  const who = { plain: idsOf(fork.instances.filter(({ hook }) => hook === null)), beside: idsOf(fork.bystanders) };
  for (const slice of step.slices) {
    if (c.signal.aborted) return { records, failure: new BenchError('cancelled', 'the run was cancelled') };
    const observed = slice.phase === 'bystander' ? () => undefined : c.observer.slice(slice);
    await times?.before(slice);
    const outcome = await runSlice(fork, { assignment: c.assignment, step, slice, sent, signal: c.signal });
    times?.after(slice, outcome.counters, who);
    records.push(...outcome.records);
    observed(outcome.ranMs);
    for (const [id, ring] of outcome.ringLost) {
      const live = fork.instances.find((instance) => instance.instance.id === id)!;
      c.ledger.loss('ring', live.sut.id, live.instance.mechanism, ring);
    }
    c.ledger.load(slice.sut, outcome.records);
    if (c.assignment.action === 'block')
      c.ledger.blocking(fork.instances, outcome.counters, { ...c.assignment, attached });
    if (outcome.failure !== null) return { records, failure: outcome.failure };
  }
  c.ledger.sent.addAll(
    sent,
    fork.instances.map((live) => live.instance.id),
  );
  return { records, failure: null };
}

function voided(record: RecordBody): RecordBody {
  if (record.body === 'traces') {
    return { body: 'traces', traces: { ...record.traces, place: { ...record.traces.place, phase: 'void' } } };
  }
  if (record.body !== 'samples') return record;
  return { body: 'samples', samples: { ...record.samples, place: { ...record.samples.place, phase: 'void' } } };
}

/** the probe compares pids in this order: the timed ones come first */
function slicedFirst(targets: readonly LiveInstance[]): LiveInstance[] {
  const sliced = targets.filter((live) => live.instance.design === 'sliced');
  return [...sliced, ...targets.filter((live) => live.instance.design !== 'sliced')];
}

function namedIn(step: Step, instance: number): boolean {
  return step.slices.some((slice) => slice.order.some((byte) => (byte & 0x3f) === instance));
}

function attachedMechanism(id: string, mechanisms: readonly Mechanism[]): AttachedMechanism {
  const mechanism = known(mechanisms, id, 'mechanism');
  if (mechanism.kind === 'attached') return mechanism;
  throw new BenchError('usage', `mechanism ${id} can't be attached to a running process`);
}
