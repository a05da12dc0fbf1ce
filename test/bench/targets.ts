/** The project's targets, each held against one run. A target is said to be reached or not; nothing fails for it. */

import type { Case } from './process.ts';
import type { Cell, RowResult } from './result.ts';
import { ROW } from './rows.ts';

export interface TargetLine {
  readonly text: string;
  /** null: can't be said from this run */
  readonly reached: boolean | null;
}

/** All are held against the kind of read that the others' numbers are known of: 87 bytes without a keyword on a local socket. */
export const HEADLINE: Case = { transport: 'local', bytes: 87, hit: false };

export function targetLines(results: readonly RowResult[]): TargetLine[] {
  const cell = (id: string) =>
    results
      .find((row) => row.id === id)
      ?.cells.find(
        ({ of }) => of.transport === HEADLINE.transport && of.bytes === HEADLINE.bytes && of.hit === HEADLINE.hit,
      );
  const share = (what: string, id: string, o: { of: string; ofWhat: string; most: number }) =>
    shareLine(`${what} ≤ ${timesOf(o.most)} of ${o.ofWhat}`, { one: cell(id), other: cell(o.of), most: o.most });
  return [
    share('library full, simd', ROW.fullSimd, { of: ROW.reference, ofWhat: "the reference hook's", most: 1 / 15 }),
    share('library full, simd, tsc clock', ROW.fullSimdTsc, {
      of: ROW.reference,
      ofWhat: "the reference hook's",
      most: 1 / 15,
    }),
    share('library full, ac', ROW.fullAc, { of: ROW.reference, ofWhat: "the reference hook's", most: 1 / 6 }),
    withinAa(cell(ROW.interposition), cell(ROW.plainAgain)),
    share('bpf full', ROW.bpfFull, { of: ROW.bpftraceFull, ofWhat: "bpftrace full's", most: 1 / 5 }),
    share('bpf full', ROW.bpfFull, { of: ROW.fullAc, ofWhat: "library full, ac's", most: 3 }),
    share('uprobe full', ROW.uprobeFull, { of: ROW.uprobeSymbol, ofWhat: "the uprobe's at the symbol", most: 1 / 4 }),
  ];
}

function shareLine(text: string, o: { one: Cell | undefined; other: Cell | undefined; most: number }): TargetLine {
  if (o.one === undefined || o.other === undefined) return { text: `${text}: not measured`, reached: null };
  const share = o.one.added.ns / o.other.added.ns;
  const reached = share <= o.most;
  return { text: `${text}: ${timesOf(share)}, ${reached ? 'reached' : 'not reached'}`, reached };
}

/** The interval of the interposition holds 0, or lies within that of A/A. */
function withinAa(one: Cell | undefined, aa: Cell | undefined): TargetLine {
  const text = 'interposition alone within the A/A band';
  if (one === undefined || aa === undefined) return { text: `${text}: not measured`, reached: null };
  const band = Math.max(Math.abs(aa.added.lowNs), Math.abs(aa.added.highNs));
  const holdsZero = one.added.lowNs <= 0 && one.added.highNs >= 0;
  const reached = holdsZero || Math.abs(one.added.ns) <= band;
  const found = `${one.added.ns.toFixed(0)} ns, A/A ±${band.toFixed(0)} ns`;
  return { text: `${text}: ${found}, ${reached ? 'reached' : 'not reached'}`, reached };
}

/** 0.0588 → 1/17, 3.2 → 3.2 ×; what costs nothing or less has no share */
function timesOf(share: number): string {
  if (share <= 0) return 'nothing measurable';
  return share < 1 ? `1/${(1 / share).toFixed(1).replace(/\.0$/, '')}` : `${share.toFixed(1).replace(/\.0$/, '')} ×`;
}
