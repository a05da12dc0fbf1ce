/** The live part of one fork: its SUT instances with the hooks placed in them, and the load generator. */

import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Assignment, BenchError, type Instance, isBlockErrno } from '#proto';
import type { Placement } from '../conditions/condition.ts';
import { conditionOf } from '../conditions/registry.ts';
import { memoryDir, PATHS, TRACE_LIMIT } from '../config.ts';
import { removeFolder } from '../host/folders.ts';
import type { HostPort } from '../host/port.ts';
import { startTicks } from '../host/undo.ts';
import { type LoadGenerator, type LoadTarget, startGenerator } from '../load/generator.ts';
import { buildPayloads, type Payloads } from '../load/payload.ts';
import { repliesOf, templateFor } from '../load/protocols.ts';
import type { FarLoad } from '../load/remote/far-load.ts';
import type { RequestTemplate } from '../load/types.ts';
import type { Action, HookCounts, HookedFunction, HookOrder, Mechanism, PlacedHook } from '../mechanisms/mechanism.ts';
import { grantGroup } from '../security/run-as.ts';
import { SUTS } from '../suts/registry.ts';
import { type SutProcess, startSut } from '../suts/start.ts';
import type { Sut } from '../suts/sut.ts';
import { bystandersOf } from './bystander.ts';
import { NO_COUNTS } from './tally.ts';
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
  /** the load generator, where it is on another node: no process of it is here */
  readonly far: FarLoad | null;
  readonly instances: readonly LiveInstance[];
  readonly payloads: Payloads;
  /** what each new connection to an instance begins with: reads besides those of the requests */
  readonly openings: ReadonlyMap<number, HookCounts>;
  /** live as they are, but nothing is measured of them and no hook watches them: what hooks cost everybody else */
  readonly bystanders: readonly LiveInstance[];
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
  const all = await Promise.all(
    assignment.instances.map((i) => startInstance(i, { placement, order, signal, mechanisms })),
  );
  const armOf = new Uint8Array(64);
  const openings = new Map<number, HookCounts>();
  for (const live of all) {
    armOf[live.instance.id] = live.instance.arm;
    const target = loadTarget(live, { sutIpv4: placement.sutIpv4, order, payloads });
    await generator.setTarget(target);
    if (target.protocol !== 'burst') openings.set(target.id, openingOf(target, order.keywords));
  }
  const traces = order.action === 'trace' ? new TraceLimiter(TRACE_LIMIT) : null;
  const beside = bystandersOf(assignment);
  const [bystanders, instances] = [true, false].map((is) =>
    all.filter(({ instance }) => beside.has(instance.id) === is),
  );
  return {
    ...{ order, mechanisms, generator, sutIpv4: placement.sutIpv4, payloads, openings, traces, armOf },
    ...{ instances: instances!, bystanders: bystanders! },
    far: (condition.acrossNodes && host.far) || null,
  };
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
function loadTarget(
  { instance, sut, process, hook }: LiveInstance,
  o: Pick<LiveFork, 'sutIpv4' | 'order' | 'payloads'> & { refused?: boolean },
): LoadTarget {
  const { action, keywords } = o.order;
  const target = { id: instance.id, ipv4: o.sutIpv4, port: process.port };
  const expect = action !== 'block' ? 'serve' : hook === null && o.refused !== true ? 'renew' : 'refuse';
  if (sut.protocol.kind === 'burst')
    return { ...target, protocol: 'burst', requestsPerUnit: sut.protocol.requestsPerUnit };
  const { kind } = sut.protocol;
  if (kind === 'http') return { ...target, protocol: kind, expect };
  const template = templateFor(kind, o.payloads, keywords);
  return { ...target, protocol: kind, replies: repliesOf(kind), template, expect };
}

function openingOf({ template }: { template?: RequestTemplate }, keywords: readonly Uint8Array[]): HookCounts {
  const opening = Buffer.from(template?.opening ?? []);
  if (opening.length === 0) return NO_COUNTS;
  return {
    reads: 1,
    bytes: opening.length,
    hits: keywords.some((word) => opening.includes(Buffer.from(word))) ? 1 : 0,
  };
}

/** Tells the load generator that a hook which blocks is attached to these instances, or no longer. */
export async function expectRefusals(
  fork: LiveFork,
  instances: readonly LiveInstance[],
  refused: boolean,
): Promise<void> {
  if (fork.order.action !== 'block') return;
  for (const live of instances) await fork.generator.setTarget(loadTarget(live, { ...fork, refused }));
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
    dir: join(o.order.dir, name),
    ...(o.order.host.runAs !== undefined && { runAs: o.order.host.runAs }),
  });
  o.order.host.undo.push(
    `SUT ${name}`,
    { kind: 'process', pid: process.pid, startTicks: startTicks(process.pid) },
    () => process.stop(),
  );
  // should this agent be killed: a worker does not end with who started it
  const { servingPid: pid } = process;
  const worker = { kind: 'process', pid, startTicks: startTicks(pid) } as const;
  if (pid !== process.pid) o.order.host.undo.push(`worker of ${name}`, worker, () => undefined);
  hook?.assertLive(process.ownPid, process.pid);
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
  return { ...hook, drain };
}

async function startLoad(placement: Placement, { pinning, undo }: HostPort): Promise<LoadGenerator> {
  const binary = existsSync(PATHS.loadGenerator) ? PATHS.loadGenerator : null;
  const generator = await startGenerator({ binary, cpu: pinning.load, spawn: placement.startLoad });
  const { pid } = generator;
  // one on another node ends with its connection
  const change = pid === 0 ? null : ({ kind: 'process', pid, startTicks: startTicks(pid) } as const);
  undo.push('load generator', change, () => generator.stop());
  return generator;
}

function ownDir(host: HostPort): string {
  const path = join(memoryDir(), `hookbench-${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(path, { mode: 0o700 });
  chmodSync(path, 0o700);
  // through it to its own files, no look around and nothing made or removed
  grantGroup(path, host.runAs, 0o710);
  host.undo.push(`folder ${path}`, { kind: 'directory', path }, () => removeFolder(path));
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
