/** R1 to R4 and R8: where the two ends ran and what else ran there, as observed and not as configured. */

import { count } from './format.ts';
import { placementChecks } from './placement.ts';
import type { StudyRecord } from './record.ts';
import type { Observation, Recommendation, SeenNumber } from './results.ts';
import { byPlace, isClustered, nameOf, type Place, percent, placesOf, unseen } from './seen.ts';

export interface EnvironmentChecks {
  /** R1 same pod, R2 same node, R3 service mesh, R4 shared machines */
  readonly placement: readonly Recommendation[];
  /** R8 resource limits */
  readonly limits: Recommendation;
}

/** @param study a fact that is missing in one place makes the recommendation unmet, with the fact's name */
export function environmentChecks(study: StudyRecord): EnvironmentChecks {
  if (study.imported) return importedChecks();
  return { placement: [...placementChecks(study), noTenants(study)], limits: noLimits(study) };
}

/** more than this share of the time, and it is told as a disturbance (agent/host/pressure.ts has the same) */
const SHARE_LIMIT = 0.02;
/** foreign processes always use a little: the kernel's own threads, the shell */
const FOREIGN_LIMIT = 0.1;
/** the kernel counts some 0.5 µs per wake-up as a wait: 1 to 2 % of a quiet ping-pong is not contention */
const RUN_QUEUE_LIMIT = 0.1;

function row(number: number, status: Recommendation['status'], evidence: string): Recommendation {
  return { id: `R${number}`, status, evidence };
}

function importedChecks(): EnvironmentChecks {
  const silent = (what: string) => `the CSVs hold times only: ${what} is not known`;
  return {
    placement: [
      row(1, 'unmet', silent('whether load generator and SUT shared a pod')),
      row(2, 'unmet', silent('whether both ends ran on one node')),
      row(3, 'unmet', silent('whether a proxy stood in the path')),
      row(4, 'unmet', silent('who else used the machines')),
    ],
    limits: row(8, 'unmet', silent('whether a resource limit was hit')),
  };
}

/** R4: steal time and foreign CPU decide; CPU pressure is also made by the study's own processes and is only told */
function noTenants(study: StudyRecord): Recommendation {
  const places = placesOf(study);
  const machines = study.nodes.map(({ hostname, virtualization }) => `${hostname} (${virtualization})`).join(', ');
  const blind = places.filter(({ seen }) => seen === undefined);
  if (blind.length === places.length && !places.some(isClustered)) {
    const outside = `condition ${study.conditions.join(', ')}: no Kubernetes here, so no cluster to share`;
    return row(4, 'not-applicable', `${outside}; nobody looked who else used ${machines || 'the machine'}`);
  }
  if (blind.length > 0) {
    const names = blind.map((place) => nameOf(study, place)).join(', ');
    return row(4, 'unmet', `this record does not hold other tenants’ use of the CPU: ${names}`);
  }
  const isAlone = ({ seen }: Place) => {
    const { stealShare, foreignCpuShare } = (seen as Observation).tenants;
    return isWithin(stealShare, SHARE_LIMIT) && isWithin(foreignCpuShare, FOREIGN_LIMIT);
  };
  return row(
    4,
    places.every(isAlone) ? 'met' : 'unmet',
    `seen on ${machines || 'the machine'}; ${byPlace(study, places, tenantsAt)}`,
  );
}

function tenantsAt({ seen }: Place): string {
  const { stealShare, foreignCpuShare, cpuPressureShare, foreign } = (seen as Observation).tenants;
  const most = foreign.map(({ name, share }) => (share === null ? name : `${name} ${percent(share)}`));
  return [
    ...told('steal', stealShare, SHARE_LIMIT),
    ...told(
      'foreign CPU',
      foreignCpuShare,
      FOREIGN_LIMIT,
      most.length === 0 ? '' : `at most, in one fork, ${most.join(', ')}`,
    ),
    ...told('CPU pressure', cpuPressureShare, Number.POSITIVE_INFINITY, 'our own processes included'),
    ...rest([
      ['steal', stealShare],
      ['foreign CPU', foreignCpuShare],
      ['CPU pressure', cpuPressureShare],
    ]),
  ].join(', ');
}

/** R8: met only where each limit was looked at and none was hit; throttling and steal time are also looked at over the whole study */
function noLimits(study: StudyRecord): Recommendation {
  const stolen = study.warnings.filter(({ code }) => code === 'cpu-steal').map(({ detail }) => detail);
  const overall = [...study.throttling, ...stolen];
  const places = placesOf(study);
  const seen = places.filter((place) => place.seen !== undefined);
  const isFree = ({ seen: at }: Place) =>
    at !== undefined && limitsOf(at).every(([, number, limit]) => isWithin(number, limit));
  const blind = places.filter((place) => place.seen === undefined);
  const quiet = 'no CPU throttling and no steal time over 2 % of a core was seen during the study';
  const unlooked = 'memory events, memory and I/O pressure and the run queue were not looked at';
  const evidence = [
    ...(overall.length > 0 ? [overall.join(' ')] : seen.length === 0 ? [quiet] : []),
    ...(seen.length > 0 ? [byPlace(study, seen, limitsAt)] : []),
    ...(blind.length > 0
      ? [seen.length === 0 ? unlooked : `${unlooked} for ${blind.map((place) => nameOf(study, place)).join(', ')}`]
      : []),
  ];
  return row(8, overall.length === 0 && places.every(isFree) ? 'met' : 'unmet', evidence.join('; '));
}

function limitsOf({ limits }: Observation): readonly (readonly [name: string, number: SeenNumber, limit: number])[] {
  return [
    ['throttled', limits.throttledShare, SHARE_LIMIT],
    ['memory pressure', limits.memoryPressureShare, SHARE_LIMIT],
    ['I/O pressure', limits.ioPressureShare, SHARE_LIMIT],
    ['SUT waiting for a CPU', limits.sutRunQueueShare, RUN_QUEUE_LIMIT],
    ['load waiting for a CPU', limits.loadRunQueueShare, RUN_QUEUE_LIMIT],
    ['memory events', limits.memoryEvents, 0],
  ];
}

function limitsAt({ seen }: Place): string {
  const all = limitsOf(seen as Observation);
  const { memoryEvents } = (seen as Observation).limits;
  const shares = all.filter(([, number]) => number !== memoryEvents);
  return [
    ...shares.flatMap(([name, number, limit]) => told(name, number, limit)),
    ...(memoryEvents.value === null ? [] : [timesHit(memoryEvents.value)]),
    ...rest(all.map(([name, number]) => [name, number])),
  ].join(', ');
}

function timesHit(events: number): string {
  return events === 0 ? 'memory limit never hit' : `memory limit hit ${count(events)} time${events === 1 ? '' : 's'}`;
}

function told(name: string, number: SeenNumber, limit: number, note = ''): readonly string[] {
  if (number.value === null) return [];
  const over = number.value > limit ? `over ${Math.round(limit * 100)} %` : '';
  const notes = [over, note].filter((text) => text !== '').join(', ');
  return [`${name} ${percent(number.value)}${notes === '' ? '' : ` (${notes})`}`];
}

function rest(numbers: readonly (readonly [string, SeenNumber])[]): readonly string[] {
  const text = unseen(numbers);
  return text === '' ? [] : [text];
}

/** what was not seen is not within a limit */
function isWithin({ value }: SeenNumber, limit: number): boolean {
  return value !== null && value <= limit;
}
