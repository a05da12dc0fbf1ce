/** What agents saw of a SUT and its surroundings, fork by fork → one observation per SUT, node and condition. */

import type { Fact, Observation as ForkObservation, MeasurementRecord, NetworkPath, PlacedEnd } from '#proto';
import type { CallCount, Observation, SeenNumber, SeenPath, SeenReads } from '../analysis/results.ts';

interface NodeRecord {
  readonly node: string;
  readonly record: MeasurementRecord;
}

/** Tenants: the forks' mean, weighted by measured time. Limits: the worst fork, memory events their sum. Census: the sum. The way: the
 * least direct. A fact that some forks miss is that of the others. */
export function observationRows(records: readonly NodeRecord[]): Observation[] {
  const groups = new Map<string, { node: string; forks: ForkObservation[] }>();
  for (const { node, record } of records) {
    if (record.body !== 'observation') continue;
    const { observation } = record;
    const key = JSON.stringify([node, observation.sut, observation.condition]);
    const group = groups.get(key) ?? { node, forks: [] };
    groups.set(key, group);
    group.forks.push(observation);
  }
  return [...groups.values()].map(({ node, forks }) => summedUp(node, forks));
}

function summedUp(node: string, forks: readonly ForkObservation[]): Observation {
  const [{ sut, condition }] = forks as [ForkObservation];
  return {
    sut,
    node,
    condition,
    forks: forks.length,
    measuredMs: sum(forks.map(({ measuredMs }) => measuredMs)),
    slicedMs: sum(forks.map(({ slicedMs }) => slicedMs)),
    ends: endsOf(forks),
    path: pathOf(forks.map(({ path }) => path)),
    tenants: {
      stealShare: meanOf(forks, ({ tenants }) => tenants.stealShare),
      foreignCpuShare: meanOf(forks, ({ tenants }) => tenants.foreignCpuShare),
      cpuPressureShare: meanOf(forks, ({ tenants }) => tenants.cpuPressureShare),
      foreign: foreignOf(forks.flatMap(({ tenants }) => tenants.foreign)),
    },
    limits: {
      throttledShare: worstOf(forks, ({ limits }) => limits.throttledShare),
      memoryPressureShare: worstOf(forks, ({ limits }) => limits.memoryPressureShare),
      ioPressureShare: worstOf(forks, ({ limits }) => limits.ioPressureShare),
      sutRunQueueShare: worstOf(forks, ({ limits }) => limits.sutRunQueueShare),
      loadRunQueueShare: worstOf(forks, ({ limits }) => limits.loadRunQueueShare),
      memoryEvents: combined(
        forks,
        ({ limits }) => limits.memoryEvents,
        (had) => sum(had.map(({ value }) => value)),
      ),
    },
    reads: readsOf(forks),
  };
}

interface Had {
  readonly value: number;
  readonly measuredMs: number;
}

type FactOf = (fork: ForkObservation) => Fact;

function meanOf(forks: readonly ForkObservation[], factOf: FactOf): SeenNumber {
  return combined(forks, factOf, (had) => {
    const totalMs = sum(had.map(({ measuredMs }) => measuredMs));
    if (totalMs === 0) return sum(had.map(({ value }) => value)) / had.length;
    return sum(had.map(({ value, measuredMs }) => (value * measuredMs) / totalMs));
  });
}

function worstOf(forks: readonly ForkObservation[], factOf: FactOf): SeenNumber {
  return combined(forks, factOf, (had) => Math.max(...had.map(({ value }) => value)));
}

function combined(forks: readonly ForkObservation[], factOf: FactOf, by: (had: readonly Had[]) => number): SeenNumber {
  const facts = forks.map((fork) => ({ fact: factOf(fork), measuredMs: fork.measuredMs }));
  const had = facts.flatMap(({ fact, measuredMs }) => (fact.missing === '' ? [{ value: fact.value, measuredMs }] : []));
  if (had.length > 0) return { value: by(had), forks: had.length };
  return { value: null, why: distinct(facts.map(({ fact }) => fact.missing)).join('; ') };
}

function endsOf(forks: readonly ForkObservation[]): Observation['ends'] {
  const pairs = new Map<string, { load: PlacedEnd; sut: PlacedEnd; forks: number }>();
  for (const { loadEnd: load, sutEnd: sut } of forks) {
    if (load === undefined || sut === undefined) continue;
    const key = JSON.stringify([load, sut]);
    pairs.set(key, { load, sut, forks: (pairs.get(key)?.forks ?? 0) + 1 });
  }
  return [...pairs.values()];
}

const ROUTES = ['loopback', 'link', 'routed'] as const;

function pathOf(paths: readonly NetworkPath[]): SeenPath {
  const route = ROUTES.findLast((one) => paths.some((path) => path.route === one)) ?? null;
  const furthest = paths.find((path) => path.route === (route ?? ''));
  const accepted = (['other', 'sut'] as const).find((who) => paths.some(({ acceptedBy }) => acceptedBy === who));
  return {
    acceptedBy: accepted ?? null,
    acceptors: distinct(paths.map(({ acceptor }) => acceptor).filter((name) => name !== '')),
    route,
    device: furthest?.device ?? '',
    deviceKind: furthest?.deviceKind ?? '',
    meshProxies: distinct(paths.flatMap(({ meshProxies }) => meshProxies)),
    missing: distinct(paths.flatMap(({ missing }) => missing)),
  };
}

const FOREIGN_TOLD = 3;

/** @param told "NAME SHARE" each */
function foreignOf(told: readonly string[]): Observation['tenants']['foreign'] {
  const worst = new Map<string, number | null>();
  for (const text of told) {
    const [, name = text, digits] = /^(.*) (\d+(?:\.\d+)?)$/.exec(text) ?? [];
    const share = digits === undefined ? null : Number(digits);
    const before = worst.get(name) ?? null;
    worst.set(name, before === null || share === null ? (share ?? before) : Math.max(before, share));
  }
  const programs = [...worst].map(([name, share]) => ({ name, share }));
  return programs.sort((a, b) => (b.share ?? 0) - (a.share ?? 0)).slice(0, FOREIGN_TOLD);
}

function readsOf(forks: readonly ForkObservation[]): SeenReads {
  const taken = forks.flatMap(({ reads }) => (reads === undefined ? [] : [reads]));
  const counted = taken.filter(({ missing }) => missing === '');
  if (counted.length === 0)
    return { calls: null, why: distinct(taken.map(({ missing }) => missing)).join('; ') || 'no census was taken' };
  const sums = new Map<string, CallCount>();
  for (const one of counted.flatMap(({ calls }) => calls)) {
    const key = `${one.call} ${one.kind}`;
    const before = sums.get(key);
    const [calls, bytes] = [one.calls + (before?.calls ?? 0), one.bytes + (before?.bytes ?? 0)];
    sums.set(key, { call: one.call, kind: one.kind, calls, bytes });
  }
  return {
    requests: sum(counted.map(({ requests }) => requests)),
    forks: counted.length,
    calls: [...sums.values()].sort((a, b) => b.calls - a.calls),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
