/** Where a study looked: its places, what was seen there, and how a sentence speaks of both. */

import type { StudyRecord } from './record.ts';
import type { Observation, SeenNumber } from './results.ts';

export interface Place {
  readonly sut: string;
  readonly node: string;
  readonly condition: string;
  /** undefined where nobody looked */
  readonly seen: Observation | undefined;
}

/** every SUT on every node in every condition, observed or not */
export function placesOf(study: StudyRecord): readonly Place[] {
  const nodes = study.nodes.length > 0 ? study.nodes.map(({ id }) => id) : [''];
  return study.conditions.flatMap((condition) =>
    nodes.flatMap((node) =>
      study.suts.map((sut) => {
        const isHere = (o: Observation) => o.sut === sut && o.node === node && o.condition === condition;
        return { sut, node, condition, seen: study.observations?.find(isHere) };
      }),
    ),
  );
}

const CLUSTER_CONDITIONS: readonly string[] = ['pod', 'nodes:pod', 'nodes:service'];

/** asked to run in pods, or seen in one */
export function isClustered({ condition, seen }: Place): boolean {
  const isInPod = seen?.ends.some(({ load, sut }) => [load, sut].some((end) => end.pod !== '' || end.podUid !== ''));
  return CLUSTER_CONDITIONS.includes(condition) || isInPod === true;
}

/** "java-hello in pod on node-2"; condition and node only where the study has several */
export function nameOf(
  study: StudyRecord,
  { sut, node, condition }: Pick<Place, 'sut' | 'node' | 'condition'>,
): string {
  const where = study.conditions.length > 1 ? ` in ${condition}` : '';
  return `${sut}${where}${study.nodes.length > 1 ? ` on ${node}` : ''}`;
}

/** "java-hello, node-hello: text; read-loop: another", those with the same text together */
export function byPlace(study: StudyRecord, places: readonly Place[], textOf: (place: Place) => string): string {
  const names = new Map<string, string[]>();
  for (const place of places) {
    const text = textOf(place);
    names.set(text, [...(names.get(text) ?? []), nameOf(study, place)]);
  }
  return [...names].map(([text, some]) => `${some.join(', ')}: ${text}`).join('; ');
}

/** "1.3 %" */
export function percent(share: number): string {
  const value = share * 100;
  return value > 0 && value < 0.05 ? 'under 0.1 %' : `${value.toFixed(1)} %`;
}

/** "memory pressure, I/O pressure not seen (no /proc/pressure)", those with the same reason together; '' when all were seen */
export function unseen(numbers: readonly (readonly [name: string, number: SeenNumber])[]): string {
  const reasons = new Map<string, string[]>();
  for (const [name, number] of numbers) {
    if (number.value === null) reasons.set(number.why, [...(reasons.get(number.why) ?? []), name]);
  }
  return [...reasons].map(([why, names]) => `${names.join(', ')} not seen (${why})`).join(', ');
}
