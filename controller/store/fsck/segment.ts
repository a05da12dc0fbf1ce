/** One segment, frame by frame: checksums, shapes, whose records they are, and sequences without gaps or doubles. */

import { join } from 'node:path';
import { asBenchError, decode, type MeasurementRecord } from '#proto';
import { checkStoredRecord } from '../../ingest/validate.ts';
import type { StudyMeta } from '../meta.ts';
import { type Quarantined, quarantined, type Stretch } from '../quarantine.ts';
import { nodeOf } from '../records.ts';
import { damage, type Finding, note } from './finding.ts';
import { frameEnd, walkSegment } from './walk.ts';

export interface SegmentCheck {
  readonly file: string;
  readonly bytes: number;
  readonly records: number;
  readonly samples: number;
  /** what repair takes out; a tail is cut off */
  readonly bad: readonly (Stretch & { readonly tail: boolean })[];
  /** sequences that no whole record has, between those that are there */
  readonly gaps: readonly (readonly [number, number])[];
  readonly findings: readonly Finding[];
}

const REPAIR = 'hookbench fsck DIR --repair sets the bytes aside and keeps every whole record';

/** @param onRecord gets every good record; its columns are views that are good until the next
 * @throws BenchError usage when it is no segment or of another version */
export function checkSegment(
  dir: string,
  file: string,
  o: { readonly meta: StudyMeta; readonly onRecord: (record: MeasurementRecord) => void },
): SegmentCheck {
  const check = new Check(o.meta, o.onRecord);
  const walked = walkSegment(join(dir, 'samples', file), (frame) => {
    const why = check.record(frame.payload);
    if (why !== null) check.bad.push({ at: frame.at, bytes: frameEnd(frame) - frame.at, tail: false, ...why });
  });
  const path = join('samples', file);
  const frames = walked.damage.map((one) => {
    const code = one.tail ? 'torn-tail' : 'damaged-frame';
    const after = one.tail ? 'nothing whole follows' : 'whole records follow';
    const { at, bytes } = one;
    return damage(code, path, `${bytes} bytes at ${at} can't be read (${one.why}); ${after}`, REPAIR, { at, bytes });
  });
  const records = check.bad.map(({ code, why, at, bytes }) =>
    damage(code, path, `the record at ${at} ${why}`, REPAIR, { at, bytes }),
  );
  return {
    file,
    bytes: walked.bytes,
    records: check.records,
    samples: check.samples,
    bad: [...walked.damage, ...check.bad].sort((a, b) => a.at - b.at),
    gaps: check.gaps,
    findings: [...frames, ...records, ...gapFindings(dir, path, check, o.meta)],
  };
}

type Code = 'bad-record' | 'double-record' | 'foreign-record';

class Check {
  readonly #meta: StudyMeta;
  readonly #onRecord: (record: MeasurementRecord) => void;
  readonly bad: (Stretch & { code: Code; tail: boolean })[] = [];
  readonly gaps: [number, number][] = [];
  records = 0;
  samples = 0;
  /** samples that the controller says, in this segment, it could not store */
  lost = 0;
  #last: number | null = null;
  #node: string | null = null;

  constructor(meta: StudyMeta, onRecord: (record: MeasurementRecord) => void) {
    this.#meta = meta;
    this.#onRecord = onRecord;
  }

  /** @returns what is wrong with it, null when nothing is */
  record(payload: Buffer): { code: Code; why: string } | null {
    let record: MeasurementRecord;
    try {
      record = decode('Record', payload);
      checkStoredRecord(record);
    } catch (error) {
      return { code: 'bad-record', why: `can't be what an agent sent: ${asBenchError(error).message}` };
    }
    const foreign = this.#foreign(record);
    if (foreign !== null) return { code: 'foreign-record', why: foreign };
    const { sequence } = record;
    if (sequence > 0) {
      if (this.#last !== null && sequence <= this.#last)
        return { code: 'double-record', why: `has sequence ${sequence}, but ${this.#last} was stored before it` };
      if (this.#last !== null && sequence > this.#last + 1) this.gaps.push([this.#last + 1, sequence - 1]);
      this.#last = sequence;
    }
    if (sequence === 0 && record.body === 'loss') this.lost += record.loss.lost;
    this.records += 1;
    if (record.body === 'samples') this.samples += record.samples.n;
    this.#onRecord(record);
    return null;
  }

  #foreign(record: MeasurementRecord): string | null {
    if (record.studyId !== this.#meta.id) return `is of study ${record.studyId}`;
    const node = nodeOf(record);
    this.#node ??= node;
    if (node !== this.#node) return `is of node ${node}, those before it of ${this.#node}`;
    return this.#meta.nodes.some(({ id }) => id === node) ? null : `is of node ${node}, which is not in study.json`;
  }
}

const SAID = ['stray-record', 'lost-samples'];

function gapFindings(
  dir: string,
  path: string,
  { gaps, lost }: Pick<Check, 'gaps' | 'lost'>,
  meta: StudyMeta,
): Finding[] {
  const known = quarantined(dir).filter(({ file }) => file === path);
  const said = meta.warnings.find(({ code }) => SAID.includes(code));
  return gaps.map(([from, to]) => {
    const what = from === to ? `record ${from} is` : `records ${from} to ${to} are`;
    const aside = known.find((one) => covers(one, from, to));
    if (aside !== undefined) return note('known-gap', path, `${what} missing: set aside on ${aside.when}`);
    if (said !== undefined) return note('known-gap', path, `${what} missing, as the study says: ${said.detail}`);
    if (lost > 0) return note('known-gap', path, `${what} missing: ${lost} samples are counted as not stored`);
    const nextStep = 'what was measured there is lost: run the study again, or trust only the other forks';
    return damage('gap', path, `${what} missing`, nextStep);
  });
}

function covers({ missing }: Quarantined, from: number, to: number): boolean {
  return missing.some(([low, high]) => low <= from && high >= to);
}
