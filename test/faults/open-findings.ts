/** What the product is known not to hold yet: told in every run, and a failure only with --strict. An entry goes when its cause does. */

interface OpenFinding {
  readonly code: string;
  /** SCENARIO/FAULT that it comes after */
  readonly after: RegExp;
  readonly why: string;
}

const NO_STUDY_ACK =
  'records of a study that died with its controller are acknowledged by the next one, which keeps and counts none of them';
const NOT_ENDED = 'no one ends, in study.json, a study whose controller was killed';

const NO_END = 'a segment that ends with a whole frame is read as if nothing had stood behind it';

const NO_ROOM_TO_END = 'a study that ends while its disk is full stays running in study.json';

export const OPEN_FINDINGS: readonly OpenFinding[] = [
  { code: 'lost-acked', after: /kill-controller$/, why: NO_STUDY_ACK },
  { code: 'ended-otherwise', after: /kill-controller$/, why: NOT_ENDED },
  { code: 'ended-otherwise', after: /results-full$/, why: NO_ROOM_TO_END },
  { code: 'untold', after: /^segments\/(?:emptied|torn)$/, why: NO_END },
];

/** @returns why it is known; null when it is not */
export function openFinding(code: string, after: string): string | null {
  return OPEN_FINDINGS.find((open) => open.code === code && open.after.test(after))?.why ?? null;
}
