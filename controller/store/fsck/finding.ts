/** What fsck found, in words and in numbers. */

export interface Finding {
  /** damage makes fsck exit 1; a note is worth knowing and no damage */
  readonly severity: 'damage' | 'note';
  readonly code: FindingCode;
  /** below the study's folder */
  readonly file: string;
  /** byte offset and length in the file, where it is a stretch of one */
  readonly at?: number;
  readonly bytes?: number;
  readonly message: string;
  /** what to do about it; '' for a note */
  readonly nextStep: string;
}

export const FINDING_CODES = [
  'unreadable',
  'newer-format',
  'not-a-segment',
  'torn-tail',
  'damaged-frame',
  'bad-record',
  'double-record',
  'foreign-record',
  'missing-records',
  'gap',
  'known-gap',
  'quarantined',
  'unfinished',
  'being-written',
  'plan-missing',
  'plan-mismatch',
  'too-many-samples',
  'too-few-samples',
  'results-missing',
  'results-mismatch',
  'import-damaged',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export interface FolderReport {
  readonly dir: string;
  readonly id: string;
  readonly kind: 'study' | 'import';
  readonly segments: number;
  readonly records: number;
  readonly samples: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

export function damage(code: FindingCode, file: string, message: string, nextStep: string, where: Where = {}): Finding {
  return { severity: 'damage', code, file, ...where, message, nextStep };
}

export function note(code: FindingCode, file: string, message: string, where: Where = {}): Finding {
  return { severity: 'note', code, file, ...where, message, nextStep: '' };
}

interface Where {
  readonly at?: number;
  readonly bytes?: number;
}

export function isDamaged(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'damage');
}
