/** The live part of one fork: its SUT instances with the hooks placed in them, and the load generator. */

import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Assignment, BenchError, type Instance, isBlockErrno } from '#proto';
import type { Placement } from '../conditions/condition.ts';
import { conditionOf } from '../conditions/registry.ts';
import { memoryDir, PATHS, TRACE_LIMIT } from '../config.ts';
import type { HostPort } from '../host/port.ts';
import { startTicks } from '../host/undo.ts';
import { type LoadGenerator, type LoadTarget, startGenerator } from '../load/generator.ts';
import { buildPayloads } from '../load/payload.ts';
import type { Action, HookedFunction, HookOrder, Mechanism, PlacedHook } from '../mechanisms/mechanism.ts';
import { grantGroup } from '../security/run-as.ts';
import { SUTS } from '../suts/registry.ts';
import { type SutProcess, startSut } from '../suts/start.ts';
import type { Sut } from '../suts/sut.ts';
import { TraceLimiter } from './trace.ts';

export interface LiveInstance {
  readonly instance: Instance;
  readonly sut: Sut;
  readonly process: SutProcess;
  readonly hook: PlacedHook | null;
}

export interface LiveFork {
  readonly order: HookOrder;
  readonly mechanisms: readonly Mechanism[];
  readonly generator: LoadGenerator;
  /** where the load generator reaches the SUTs */
  readonly sutIpv4: string;
  readonly instances: readonly LiveInstance[];
  /** null unless the action is trace */
  readonly traces: TraceLimiter | null;
  /** arm of each instance's samples in alternated steps, indexed by instance id */
  readonly armOf: Uint8Array;
}

/** Places everything; each thing started goes on the undo stack. @throws BenchError */
export async function startFork(
  assignment: Assignment,
  host: HostPort,
  { signal, mechanisms }: { signal: AbortSignal; mechanisms: readonly Mechanism[] },
): Promise<LiveFork> {
  const order: HookOrder = {
    keywords: assignment.keywords,
    action: assignment.action as Action,
    functions: assignment.functions as HookedFunction[],
    ...(isBlockErrno(assignment.blockErrno) && { blockErrno: assignment.blockErrno }),
    host,
    dir: ownDir(host),
    mostReads: mostReads(assignment),
  };
  const { condition, options } = conditionOf(assignment.condition);
  const placement = await condition.enter(host, options, order.dir);
  const generator = await startLoad(placement, host);
  const payloads = buildPayloads(assignment.keywords, { lengthBytes: assignment.requestBytes });
  await generator.setPayload(0, payloads.miss);
  await generator.setPayload(1, payloads.hit);
  const instances = await Promise.all(
    assignment.instances.map((i) => startInstance(i, { placement, order, signal, mechanisms })),
  );
  const armOf = new Uint8Array(64);
  for (const live of instances) {
    armOf[live.instance.id] = live.instance.arm;
    await generator.setTarget(loadTarget(live, placement, order.action));
  }
  const traces = order.action === 'trace' ? new TraceLimiter(TRACE_LIMIT) : null;
  return { order, mechanisms, generator, sutIpv4: placement.sutIpv4, instances, traces, armOf };
}

/** the longest slice, in requests to one instance; under block each refused one is followed by one that settles the new connection */
function mostReads({ steps, instances, action }: Assignment): number {
  const requestsPerUnit = new Map(
    instances.map(({ id, sut }) => {
      const { protocol } = known(SUTS, sut, 'SUT');
      return [id, protocol.kind === 'burst' ? protocol.requestsPerUnit : 1];
    }),
  );
  let most = 0;
  for (const { order, settle } of steps.flatMap((step) => step.slices)) {
    const units = new Uint32Array(64).fill(settle);
    for (const byte of order) units[byte & 0x3f]! += 1;
    for (const [id, requests] of requestsPerUnit)
      most = Math.max(most, units[id]! * requests * (action === 'block' ? 2 : 1));
  }
  return most;
}

/** Under block an instance without a hook has its connections renewed just like one whose requests are refused: otherwise the two would not
 * be compared on the same work. */
function loadTarget({ instance, sut, process, hook }: LiveInstance, placement: Placement, action: Action): LoadTarget {
  const target = { id: instance.id, ipv4: placement.sutIpv4, port: process.port };
  const expect = action !== 'block' ? 'serve' : hook === null ? 'renew' : 'refuse';
  if (sut.protocol.kind === 'http') return { ...target, protocol: 'http', expect };
  return { ...target, protocol: 'burst', requestsPerUnit: sut.protocol.requestsPerUnit };
}

async function startInstance(
  instance: Instance,
  o: { placement: Placement; order: HookOrder; signal: AbortSignal; mechanisms: readonly Mechanism[] },
): Promise<LiveInstance> {
  const sut = known(SUTS, instance.sut, 'SUT');
  const mechanism = known(o.mechanisms, instance.mechanism, 'mechanism');
  const name = `${instance.sut}-${instance.id}`;
  const hook = mechanism.kind === 'placed' ? await mechanism.place(o.order, name) : null;
  const process = await startSut(sut, {
    placement: o.placement,
    env: hook?.env ?? {},
    launcher: hook?.launcher ?? [],
    signal: o.signal,
  });
  o.order.host.undo.push(
    `SUT ${name}`,
    { kind: 'process', pid: process.pid, startTicks: startTicks(process.pid) },
    () => process.stop(),
  );
  hook?.assertLive(process.ownPid);
  return { instance, sut, process, hook: hook && seenHere(hook, process) };
}

/** A ring is written from within: its pids are what the SUT calls itself. */
function seenHere(hook: PlacedHook, { pid, ownPid }: SutProcess): PlacedHook {
  if (pid === ownPid) return hook;
  const drain: PlacedHook['drain'] = () => {
    const drained = hook.drain();
    if (drained === null) return null;
    return { ...drained, reads: drained.reads.map((read) => (read.pid === ownPid ? { ...read, pid } : read)) };
  };
  const { manner } = hook;
  return {
    ...{ env: hook.env, assertLive: (own) => hook.assertLive(own), counts: () => hook.counts(), drain },
    ...(manner !== undefined && { manner: () => manner.call(hook) }),
  };
}

async function startLoad(placement: Placement, { pinning, undo }: HostPort): Promise<LoadGenerator> {
  const binary = existsSync(PATHS.loadGenerator) ? PATHS.loadGenerator : null;
  const generator = await startGenerator({ binary, cpu: pinning.load, spawn: placement.startLoad });
  undo.push('load generator', { kind: 'process', pid: generator.pid, startTicks: startTicks(generator.pid) }, () =>
    generator.stop(),
  );
  return generator;
}

function ownDir(host: HostPort): string {
  const path = join(memoryDir(), `hookbench-${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(path, { mode: 0o700 });
  chmodSync(path, 0o700);
  // through it to its own files, no look around and nothing made or removed
  grantGroup(path, host.runAs, 0o710);
  host.undo.push(`folder ${path}`, { kind: 'directory', path }, () => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** an id from the wire → the entry of our own catalogue */
export function known<T extends { readonly id: string }>(catalogue: readonly T[], id: string, what: string): T {
  const found = catalogue.find((entry) => entry.id === id);
  if (found !== undefined) return found;
  throw new BenchError(
    'usage',
    `unknown ${what} ${id.slice(0, 64)}; known here: ${catalogue.map((entry) => entry.id).join(', ')}`,
  );
}
