/** The flags of all rows, each kind once: what many rows share is said once and not in every row. */

import type { Comparison, FlagCode, Results } from '../analysis/results.ts';
import { groupLabel, sutViews } from './model.ts';
import { FLAG_WORDS } from './words.ts';

/** these decide what a row may claim, so their details are never left out */
const GRAVE: readonly FlagCode[] = [
  ...(['lost-samples', 'parity-miss', 'throttled', 'aa-failed', 'block-failed', 'incomplete'] as const),
  ...(['negative-overhead', 'arms-not-interleaved', 'arms-apart'] as const),
];

export interface FoldedFlag {
  readonly code: FlagCode;
  readonly word: string;
  readonly meaning: string;
  readonly grave: boolean;
  /** rows that carry it, of all */
  readonly rows: number;
  readonly of: number;
  /** each detail once, with the rows that have it, e.g. `bpftrace on java-hello` */
  readonly details: readonly { readonly names: readonly string[]; readonly detail: string }[];
}

/** @returns the grave ones first, otherwise in the order in which rows raise them */
export function foldFlags(results: Results): readonly FoldedFlag[] {
  const rows = rowsOf(results);
  const codes = [...new Set(rows.flatMap(({ c }) => c.flags.map(({ code }) => code)))];
  const folded = codes.map((code) => fold(code, rows));
  return [...folded.filter(({ grave }) => grave), ...folded.filter(({ grave }) => !grave)];
}

/** `unstable warm-up (ld-preload, bpftrace); drift (ld-preload)` for one table; '' without a flag */
export function flagsOfGroup(comparisons: readonly Comparison[]): string {
  const codes = [...new Set(comparisons.flatMap(({ flags }) => flags.map(({ code }) => code)))];
  const told = codes.map((code) => {
    const names = comparisons.filter(({ flags }) => flags.some((flag) => flag.code === code)).map((c) => c.treated);
    const who = names.length === comparisons.length && names.length > 1 ? 'all' : [...new Set(names)].join(', ');
    return `${FLAG_WORDS[code].word} (${who})`;
  });
  return told.join('; ');
}

/** `bpftrace on java-hello, read-loop; ld-preload on java-hello`, or `all 6 rows` */
export function namesText(names: readonly string[], of: number): string {
  if (names.length === of && of > 1) return `all ${of} rows`;
  const byHook = new Map<string, string[]>();
  for (const name of names) {
    const [hook = '', place = ''] = name.split(' on ');
    byHook.set(hook, [...(byHook.get(hook) ?? []), place]);
  }
  return [...byHook].map(([hook, places]) => `${hook} on ${[...new Set(places)].join(', ')}`).join('; ');
}

interface Named {
  readonly c: Comparison;
  readonly name: string;
}

function rowsOf(results: Results): readonly Named[] {
  const groups = sutViews(results).flatMap((view) => view.groups);
  return groups.flatMap((group) =>
    group.comparisons.map((c) => ({ c, name: `${c.treated} on ${groupLabel(results, group)}` })),
  );
}

function fold(code: FlagCode, rows: readonly Named[]): FoldedFlag {
  const byDetail = new Map<string, string[]>();
  const carrying = rows.filter(({ c }) => c.flags.some((flag) => flag.code === code));
  for (const { c, name } of carrying) {
    for (const { detail } of c.flags.filter((flag) => flag.code === code))
      byDetail.set(detail, [...(byDetail.get(detail) ?? []), name]);
  }
  const { word, meaning } = FLAG_WORDS[code];
  const details = [...byDetail].map(([detail, names]) => ({ detail, names }));
  return { code, word, meaning, grave: GRAVE.includes(code), rows: carrying.length, of: rows.length, details };
}
