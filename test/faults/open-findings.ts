/** What the product is known not to hold yet: told in every run, and a failure only with --strict. An entry goes when its cause does. */

interface OpenFinding {
  readonly code: string;
  /** SCENARIO/FAULT that it comes after */
  readonly after: RegExp;
  readonly why: string;
}

export const OPEN_FINDINGS: readonly OpenFinding[] = [];

/** @returns why it is known; null when it is not */
export function openFinding(code: string, after: string): string | null {
  return OPEN_FINDINGS.find((open) => open.code === code && open.after.test(after))?.why ?? null;
}
