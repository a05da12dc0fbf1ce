/** One assignment, from the first process started to the last change undone: place, warm, measure, drain, undo. */

import { type Assignment, asBenchError, BenchError, type ReadCensus, type RecordBody, type TlsFolder } from '#proto';
import { cgroupsOf } from '../host/cgroups.ts';
import type { Pinning } from '../host/cores.ts';
import { pressureFindings, readPressure } from '../host/pressure.ts';
import { UndoStack } from '../host/undo.ts';
import { FarLoad } from '../load/remote/far-load.ts';
import type { Mechanism } from '../mechanisms/mechanism.ts';
import { MECHANISMS } from '../mechanisms/registry.ts';
import type { RunAs } from '../security/run-as.ts';
import { readCensus } from './census.ts';
import { checkAssignment } from './check.ts';
import { type LiveFork, startFork } from './fork.ts';
import { ForkLedger } from './ledger.ts';
import { ForkObserver } from './observer.ts';
import { Rest } from './rest.ts';
import type { Sink } from './sink.ts';
import { runStep } from './step.ts';
import { stepText } from './step-text.ts';
import { parity, withoutBytes } from './tally.ts';

/** the controller refuses longer ones */
const MAX_DETAIL = 16_000;

interface SessionOptions {
  readonly pinning: Pinning;
  readonly sink: Sink;
  readonly signal: AbortSignal;
  /** who the SUTs and the load generator run as */
  readonly runAs?: RunAs;
  /** the catalogue; ours alone when absent */
  readonly mechanisms?: readonly Mechanism[];
  /** what it shows to the agent of another node that lends it a load generator */
  readonly tls?: TlsFolder;
}

/** How it ended is the last record, sent after everything was undone, whatever went wrong. */
export async function runAssignment(assignment: Assignment, o: SessionOptions): Promise<void> {
  const failure = await measureAndUndo(assignment, o).catch((error: unknown) => asBenchError(error));
  o.sink.send({ body: 'end', end: endOf(failure) });
}

/** @returns why it did not come to its end, null when it did */
async function measureAndUndo(assignment: Assignment, o: SessionOptions): Promise<BenchError | null> {
  const undo = new UndoStack();
  const ledger = new ForkLedger();
  const cpuCgroups = cgroupsOf('self').cpu;
  const before = readPressure(cpuCgroups);
  const far = farOf(assignment, o);
  let failure: BenchError | null = null;
  try {
    checkAssignment(assignment, o.mechanisms);
    o.sink.progress(0, 'starting the instances');
    const host = { pinning: o.pinning, undo, ...(o.runAs !== undefined && { runAs: o.runAs }), ...(far && { far }) };
    const fork = await startFork(assignment, host, { signal: o.signal, mechanisms: o.mechanisms ?? MECHANISMS });
    for (const instance of fork.instances) ledger.placed(instance);
    const observer = new ForkObserver(fork, assignment);
    await runSteps(fork, assignment, { ledger, observer, sink: o.sink, signal: o.signal });
    for (const record of placedParity(fork, assignment, ledger)) o.sink.send(record);
    const census = assignment.fork === 0 ? await takenCensus(fork, assignment, o) : new Map<string, ReadCensus>();
    for (const record of observer.records(census)) o.sink.send(record);
  } catch (error) {
    failure = o.signal.aborted
      ? new BenchError('cancelled', 'the run was cancelled', { cause: error })
      : (far?.failure(error) ?? asBenchError(error));
  }
  for (const { code, detail } of pressureFindings(before, readPressure(cpuCgroups))) {
    ledger.note({ code, detail: `fork ${assignment.fork + 1}: ${detail}.` });
  }
  for (const detail of await undo.run()) ledger.note({ code: 'not-undone', detail });
  ledger.loss('spool', '', '', { received: 0, lost: o.sink.takeDropped() });
  for (const record of ledger.records()) o.sink.send(record);
  return failure;
}

function farOf({ loadPeer }: Assignment, { tls }: SessionOptions): FarLoad | null {
  return loadPeer === undefined || tls === undefined ? null : new FarLoad(loadPeer, tls);
}

async function runSteps(
  fork: LiveFork,
  assignment: Assignment,
  o: { ledger: ForkLedger; observer: ForkObserver; sink: Sink; signal: AbortSignal },
): Promise<void> {
  let done = 0;
  const rest = new Rest(assignment);
  const { ledger, observer, signal } = o;
  for (const [index, step] of assignment.steps.entries()) {
    if (o.signal.aborted) throw new BenchError('cancelled', 'the run was cancelled');
    const tell = (text: string) => o.sink.progress(done, text);
    tell(stepText(step, assignment));
    const keep = (records: RecordBody[]) => {
      for (const record of records) o.sink.send(record);
    };
    observer.before(index);
    await runStep(fork, step, { assignment, ledger, observer, rest, signal, tell }, keep);
    await observer.after(index);
    done += 1;
  }
  o.sink.progress(done, 'ending the instances');
}

function takenCensus(fork: LiveFork, { steps }: Assignment, o: SessionOptions): Promise<Map<string, ReadCensus>> {
  o.sink.progress(steps.length, 'counting what the SUTs read');
  return readCensus(fork, { step: steps.length, signal: o.signal });
}

/** what each placed hook must have seen over the whole fork, warm-up included, against what it counted */
function placedParity(fork: LiveFork, assignment: Assignment, ledger: ForkLedger): RecordBody[] {
  return fork.instances.flatMap(({ instance, sut, hook }): RecordBody[] => {
    const seen = hook?.counts() ?? null;
    if (seen === null) return [];
    const place = {
      sut: sut.id,
      condition: assignment.condition,
      fork: assignment.fork,
      block: 0,
      step: 0,
      phase: 'measure',
      design: 'alternated',
      vantage: 'interposer',
    } as const;
    const sent = ledger.sent.of(instance.id);
    const both = hook?.countsRequests
      ? { expected: withoutBytes(sent), seen: withoutBytes(seen) }
      : { expected: sent, seen };
    const counts = { mechanism: instance.mechanism, ...both };
    return [{ body: 'parity', parity: parity(place, { source: 'load', ...counts }) }];
  });
}

function endOf(failure: BenchError | null) {
  if (failure === null) return { status: 'complete', code: '', message: '', nextStep: '', detail: '' };
  const status = failure.code === 'cancelled' ? 'cancelled' : 'failed';
  const { code, message, nextStep } = failure;
  return { status, code, message, nextStep, detail: failure.detail.slice(-MAX_DETAIL) };
}
