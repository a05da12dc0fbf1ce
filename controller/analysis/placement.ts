/** R1 to R3: whether load generator and SUT shared a pod and a node, and what stood between them, as seen and not as configured. */

import type { StudyRecord } from './record.ts';
import type { Observation, Recommendation, SeenEnd } from './results.ts';
import { byPlace, isClustered, nameOf, type Place, placesOf } from './seen.ts';

/** Outside clusters not applicable, with what was seen all the same; but a proxy in the path is one anywhere. */
export function placementChecks(study: StudyRecord): readonly Recommendation[] {
  const places = placesOf(study);
  const clustered = places.filter(isClustered);
  if (clustered.length > 0) return [samePod(study, clustered), sameNode(study, clustered), noMesh(study, clustered)];
  const seen = places.filter((place) => place.seen !== undefined);
  const outside = `condition ${study.conditions.join(', ')}: no Kubernetes here`;
  const told = (textOf: (place: Place) => string, otherwise: string) =>
    seen.length === 0 ? `${outside}, so ${otherwise}` : `${outside}. Seen: ${byPlace(study, seen, textOf)}`;
  const hasProxy = seen.some((place) => meets(place, (observation) => wayOf(observation).isIndirect));
  return [
    row(1, 'not-applicable', told(namespacesAt, 'there is no pod to share')),
    row(2, 'not-applicable', told(routeAt, 'there are no pods to place')),
    row(3, hasProxy ? 'unmet' : 'not-applicable', told(wayAt, 'there is no service mesh; nobody looked for a proxy')),
  ];
}

function row(number: number, status: Recommendation['status'], evidence: string): Recommendation {
  return { id: `R${number}`, status, evidence };
}

function samePod(study: StudyRecord, places: readonly Place[]): Recommendation {
  const blind = places.filter((place) => !meets(place, ({ ends }) => ends.length > 0));
  if (blind.length > 0) return row(1, 'unmet', missing(study, blind, 'the pods that load generator and SUT ran in'));
  const isShared = ({ ends }: Observation) => ends.every(({ load, sut }) => sharesPod(load, sut));
  const told = byPlace(study, places, (place) => eachPair(place, podsOf));
  return row(1, places.every((place) => meets(place, isShared)) ? 'met' : 'unmet', `seen: ${told}`);
}

/** Where a cgroup namespace hides the ids, namespaces tell: containers of one pod share the network and never the mounts. */
function sharesPod(load: SeenEnd, sut: SeenEnd): boolean {
  return isOnePod(load, sut) && !isOneContainer(load, sut);
}

function isOnePod(load: SeenEnd, sut: SeenEnd): boolean {
  const [a, b] = [podOf(load), podOf(sut)];
  if (a !== '' && b !== '') return a === b;
  return a + b !== '' && load.netNamespace !== '' && load.netNamespace === sut.netNamespace;
}

/** not known to be apart counts as one */
function isOneContainer(load: SeenEnd, sut: SeenEnd): boolean {
  if (load.container !== '' && sut.container !== '') return load.container === sut.container;
  return load.mountNamespace === '' || sut.mountNamespace === '' || load.mountNamespace === sut.mountNamespace;
}

function podsOf({ load, sut }: Observation['ends'][number]): string {
  const text = `load in ${containerOf(load)}, SUT in ${containerOf(sut)}`;
  if (!isOnePod(load, sut)) return `${text} (not one pod)`;
  return isOneContainer(load, sut) ? `${text} (not seen to be separate containers)` : text;
}

function podOf({ podUid, pod }: SeenEnd): string {
  return podUid || pod;
}

function containerOf(end: SeenEnd): string {
  if (podOf(end) === '') return 'no pod';
  return `${end.pod || `pod ${end.podUid}`}/${end.container || 'a container that is not seen'}`;
}

function sameNode(study: StudyRecord, places: readonly Place[]): Recommendation {
  const isSeen = ({ ends }: Observation) =>
    ends.length > 0 && ends.every(({ load, sut }) => load.node !== '' && sut.node !== '');
  const blind = places.filter((place) => !meets(place, isSeen));
  if (blind.length > 0) return row(2, 'unmet', missing(study, blind, 'the nodes that load generator and SUT ran on'));
  const isShared = ({ ends }: Observation) => ends.every(({ load, sut }) => load.node === sut.node);
  return row(
    2,
    places.every((place) => meets(place, isShared)) ? 'met' : 'unmet',
    `seen: ${byPlace(study, places, routeAt)}`,
  );
}

function noMesh(study: StudyRecord, places: readonly Place[]): Recommendation {
  const isIndirect = (place: Place) => meets(place, (observation) => wayOf(observation).isIndirect);
  const found = places.filter(isIndirect);
  if (found.length > 0) return row(3, 'unmet', `seen: ${byPlace(study, found, wayAt)}`);
  const blind = places.filter((place) => !meets(place, ({ path }) => path.acceptedBy !== null));
  if (blind.length > 0) return row(3, 'unmet', `${missing(study, blind, 'the proxies in the path')}${reasons(blind)}`);
  return row(3, 'met', `seen: ${byPlace(study, places, wayAt)}`);
}

function reasons(places: readonly Place[]): string {
  const told = [...new Set(places.flatMap(({ seen }) => seen?.path.missing ?? []))];
  return told.length === 0 ? '' : ` (${told.join('; ')})`;
}

const NAMESPACES = [
  ['network', 'netNamespace'],
  ['pid', 'pidNamespace'],
  ['mount', 'mountNamespace'],
  ['cgroup', 'cgroupNamespace'],
] as const;

/** "both ends in one network, pid, mount and cgroup namespace" */
function namespacesAt(place: Place): string {
  return eachPair(place, ({ load, sut }) => {
    const known = NAMESPACES.filter(([, field]) => load[field] !== '' && sut[field] !== '');
    const shared = known.filter(([, field]) => load[field] === sut[field]).map(([name]) => name);
    const apart = known.filter(([, field]) => load[field] !== sut[field]).map(([name]) => name);
    const parts = [
      ...(shared.length > 0 ? [`the same ${listed(shared)} namespace`] : []),
      ...(apart.length > 0 ? [`another ${listed(apart)} namespace`] : []),
    ];
    return parts.length === 0
      ? 'the namespaces of both ends could not be read'
      : `SUT and load generator in ${parts.join(', ')}`;
  });
}

/** "load on node-1, SUT on node-1, over loopback (lo)" */
function routeAt(place: Place): string {
  const { path } = place.seen as Observation;
  const device = [path.device, path.deviceKind === 'loopback' ? '' : path.deviceKind].filter((name) => name !== '');
  const over = device.length === 0 ? '' : ` (${device.join(', ')})`;
  const route = path.route === null ? 'the route between them was not seen' : `${ROUTE_WORDS[path.route]}${over}`;
  return `${eachPair(place, ({ load, sut }) => `load on ${load.node || 'a node that is not seen'}, SUT on ${sut.node || 'a node that is not seen'}`)}, ${route}`;
}

const ROUTE_WORDS = {
  loopback: 'over loopback',
  link: 'one network device away',
  routed: 'past a gateway',
} as const;

function wayAt(place: Place): string {
  return wayOf(place.seen as Observation).text;
}

/** who answered the load generator's connections, and what stood by */
function wayOf({ path }: Observation): { isIndirect: boolean; text: string } {
  const proxies = path.meshProxies.join(', ');
  const others = path.acceptors.join(', ') || 'another process';
  const accepted =
    path.acceptedBy === null
      ? `not seen who accepted the connections${path.missing.length > 0 ? ` (${path.missing.join('; ')})` : ''}`
      : path.acceptedBy === 'sut'
        ? 'the SUT itself accepted the connections'
        : `a proxy in the path: ${others} accepted the connections, not the SUT`;
  const mesh =
    proxies === ''
      ? 'no mesh proxy seen in its network namespace'
      : `mesh proxies in its network namespace: ${proxies}`;
  return { isIndirect: path.acceptedBy === 'other' || proxies !== '', text: `${accepted}, ${mesh}` };
}

function eachPair({ seen }: Place, textOf: (pair: Observation['ends'][number]) => string): string {
  const told = new Set((seen?.ends ?? []).map(textOf));
  return told.size === 0 ? 'the processes of both ends could not be seen' : [...told].join(', then ');
}

function meets({ seen }: Place, holds: (observation: Observation) => boolean): boolean {
  return seen !== undefined && holds(seen);
}

function missing(study: StudyRecord, places: readonly Place[], what: string): string {
  return `this record does not hold ${what}: ${places.map((place) => nameOf(study, place)).join(', ')}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
