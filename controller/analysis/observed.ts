/** R1 to R4 and R8: where the two ends ran and what else ran there, as observed and not as configured. */

import type { Observation, StudyRecord } from './record.ts';
import type { Recommendation } from './results.ts';

export interface EnvironmentChecks {
  /** R1 same pod, R2 same node, R3 service mesh, R4 shared machines */
  readonly placement: readonly Recommendation[];
  /** R8 resource limits */
  readonly limits: Recommendation;
}

/** @param study a fact that is missing in one place makes the recommendation unmet, with the fact's name */
export function environmentChecks(study: StudyRecord): EnvironmentChecks {
  if (study.imported) return importedChecks();
  return {
    placement: [samePod(study), sameNode(study), noMesh(study), noTenants(study)],
    limits: noLimits(study),
  };
}

type Status = Recommendation['status'];

/** more than this share of the time, and it is told as a disturbance (agent/host/pressure.ts has the same) */
const SHARE_LIMIT = 0.02;
/** foreign processes always use a little: the kernel's own threads, the shell */
const FOREIGN_LIMIT = 0.1;
const CLUSTER_CONDITIONS: readonly string[] = ['pod', 'nodes'];

function row(number: number, status: Status, evidence: string): Recommendation {
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

function samePod(study: StudyRecord): Recommendation {
  const clustered = clusteredPlaces(study);
  if (clustered.length === 0) return row(1, 'not-applicable', `${outside(study)}, so there is no pod to share`);
  const blind = clustered.filter((place) => seenAt(study, place)?.placement == null);
  if (blind.length > 0) return row(1, 'unmet', missing(blind, 'the pods that load generator and SUT ran in'));
  const apart = clustered.filter((place) => {
    const at = seenAt(study, place)?.placement;
    return at === null || at === undefined || at.loadPod !== at.sutPod || at.loadContainer === at.sutContainer;
  });
  const told = clustered.map((place) => {
    const at = seenAt(study, place)?.placement;
    return `${nameOf(place)}: load in ${at?.loadPod}/${at?.loadContainer}, SUT in ${at?.sutPod}/${at?.sutContainer}`;
  });
  return row(1, apart.length === 0 ? 'met' : 'unmet', `seen: ${told.join('; ')}`);
}

function sameNode(study: StudyRecord): Recommendation {
  const clustered = clusteredPlaces(study);
  if (clustered.length === 0) return row(2, 'not-applicable', `${outside(study)}, so there are no pods to place`);
  const blind = clustered.filter((place) => seenAt(study, place)?.placement == null);
  if (blind.length > 0) return row(2, 'unmet', missing(blind, 'the nodes that load generator and SUT ran on'));
  const told = clustered.map((place) => {
    const at = seenAt(study, place)?.placement;
    return {
      same: at?.loadNode === at?.sutNode,
      text: `${nameOf(place)}: load on ${at?.loadNode}, SUT on ${at?.sutNode}`,
    };
  });
  return row(2, told.every(({ same }) => same) ? 'met' : 'unmet', `seen: ${told.map(({ text }) => text).join('; ')}`);
}

function noMesh(study: StudyRecord): Recommendation {
  const clustered = clusteredPlaces(study);
  if (clustered.length === 0)
    return row(
      3,
      'not-applicable',
      `${outside(study)}, so no service mesh; the load generator connects to the SUT itself`,
    );
  const blind = clustered.filter((place) => seenAt(study, place)?.sidecars == null);
  if (blind.length > 0) return row(3, 'unmet', missing(blind, 'the proxies in the path'));
  const found = clustered.flatMap((place) =>
    (seenAt(study, place)?.sidecars ?? []).map((name) => `${name} (${nameOf(place)})`),
  );
  if (found.length > 0) return row(3, 'unmet', `proxies seen in the path: ${found.join(', ')}`);
  return row(3, 'met', `no proxy seen in the path of ${clustered.map(nameOf).join(', ')}`);
}

function noTenants(study: StudyRecord): Recommendation {
  const places = placesOf(study);
  const blind = places.filter((place) => seenAt(study, place)?.tenants == null);
  if (blind.length > 0) {
    if (clusteredPlaces(study).length > 0) return row(4, 'unmet', missing(blind, 'other tenants’ use of the CPU'));
    const machines = study.nodes.map(({ hostname, virtualization }) => `${hostname} (${virtualization})`).join(', ');
    return row(
      4,
      'not-applicable',
      `${outside(study)}, so no cluster to share; the machine is ${machines || 'not described'}`,
    );
  }
  const told = places.map((place) => {
    const seen = seenAt(study, place)?.tenants;
    const [steal, foreign, pressure] = [seen?.stealShare ?? 0, seen?.foreignCpuShare ?? 0, seen?.cpuPressureShare ?? 0];
    return {
      alone: steal <= SHARE_LIMIT && foreign <= FOREIGN_LIMIT,
      text: `${nameOf(place)}: steal ${percent(steal)}, foreign CPU ${percent(foreign)}, CPU pressure ${percent(pressure)}`,
    };
  });
  return row(4, told.every(({ alone }) => alone) ? 'met' : 'unmet', told.map(({ text }) => text).join('; '));
}

function noLimits(study: StudyRecord): Recommendation {
  if (study.throttling.length > 0) return row(8, 'unmet', study.throttling.join(' '));
  const stolen = study.warnings.filter(({ code }) => code === 'cpu-steal').map(({ detail }) => detail);
  if (stolen.length > 0) return row(8, 'unmet', stolen.join(' '));
  const quiet = 'no CPU throttling and no steal time over 2 % of a core was seen during the study';
  const seen = placesOf(study).flatMap((place) => {
    const limits = seenAt(study, place)?.limits;
    return limits ? [{ place, limits }] : [];
  });
  if (seen.length === 0)
    return row(8, 'met', `${quiet}; memory events, memory and I/O pressure and the run queue were not looked at`);
  const told = seen.map(({ place, limits }) => ({
    hit:
      limits.memoryEvents > 0 ||
      Math.max(limits.throttledShare, limits.memoryPressureShare, limits.ioPressureShare, limits.runQueueShare) >
        SHARE_LIMIT,
    text: `${nameOf(place)}: throttled ${percent(limits.throttledShare)}, memory pressure ${percent(limits.memoryPressureShare)}, I/O pressure ${percent(limits.ioPressureShare)}, waiting to run ${percent(limits.runQueueShare)}, ${limits.memoryEvents} memory events`,
  }));
  return row(8, told.some(({ hit }) => hit) ? 'unmet' : 'met', told.map(({ text }) => text).join('; '));
}

type Place = Pick<Observation, 'sut' | 'node' | 'condition'>;

function placesOf(study: StudyRecord): readonly Place[] {
  const nodes = study.nodes.length > 0 ? study.nodes.map(({ id }) => id) : [''];
  return study.conditions.flatMap((condition) =>
    nodes.flatMap((node) => study.suts.map((sut) => ({ sut, node, condition }))),
  );
}

function clusteredPlaces(study: StudyRecord): readonly Place[] {
  return placesOf(study).filter(({ condition }) => CLUSTER_CONDITIONS.includes(condition));
}

function seenAt(study: StudyRecord, { sut, node, condition }: Place): Observation | undefined {
  return study.observations?.find((o) => o.sut === sut && o.node === node && o.condition === condition);
}

function nameOf({ sut, node, condition }: Place): string {
  return [sut, condition, node].filter((part) => part !== '').join(' · ');
}

function outside(study: StudyRecord): string {
  return `condition ${study.conditions.join(', ')}: no Kubernetes here`;
}

function missing(places: readonly Place[], what: string): string {
  return `this record does not hold ${what}: ${places.map(nameOf).join(', ')}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
