import type { StudyRecord } from '../../controller/analysis/record.ts';
import { makeStudy, NODE, type StudyShape } from './study.ts';

export interface PlacedShape {
  readonly condition: string;
  readonly node: string;
  readonly shape: Partial<StudyShape>;
}

/** One study that measured the same in several places, each with a truth of its own. */
export function studyAcross(places: readonly PlacedShape[]): StudyRecord {
  const parts = places.map(({ condition, node, shape }) => {
    const study = makeStudy(shape);
    return { ...study, batches: study.batches.map((batch) => ({ ...batch, condition, node })) };
  });
  const names = [...new Set(places.map(({ node }) => node))];
  return {
    ...(parts[0] as StudyRecord),
    conditions: [...new Set(places.map(({ condition }) => condition))],
    nodes: names.map((id) => ({ ...NODE, id })),
    batches: parts.flatMap(({ batches }) => batches),
  };
}
