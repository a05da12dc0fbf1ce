/** What a study's end says it holds, against what is there: a segment that is cut off between two frames, emptied or gone looks whole by itself. */

export interface StoredSegment {
  /** name of the segment */
  readonly file: string;
  readonly records: number;
  readonly samples: number;
}

/** as study.json keeps them */
export function storedSegments(found: readonly StoredSegment[]): StoredSegment[] {
  return found.map(({ file, records, samples }) => ({ file, records, samples }));
}

/** @param said by study.json; undefined where it says nothing (under way, or of an older version)
 * @param found whole records that can be read
 * @returns one sentence for each segment that has less than was stored in it */
export function missingSentences(
  said: readonly StoredSegment[] | undefined,
  found: readonly StoredSegment[],
): { readonly file: string; readonly sentence: string }[] {
  return (said ?? []).flatMap(({ file, records, samples }) => {
    const has = found.find((one) => one.file === file) ?? { records: 0, samples: 0 };
    if (has.records >= records) return [];
    const [missing, lost] = [records - has.records, Math.max(0, samples - has.samples)];
    const sentence = `${missing} of ${records} records that were stored can't be read, with ${lost} samples`;
    return [{ file, sentence }];
  });
}
