/** Rows that are preload libraries. */

import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pinningOf } from '../../agent/host/cores.ts';
import type { UndoStack } from '../../agent/host/undo.ts';
import type { Action } from '../../agent/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../agent/mechanisms/registry.ts';
import { DEFAULT_KEYWORDS } from '../helpers/preload.ts';
import { buildLevel, buildLibrary, buildReference } from './builds.ts';
import { type PlacedRow, ROW, type Row } from './rows.ts';

export const KEYWORDS = readFileSync(DEFAULT_KEYWORDS, 'latin1')
  .split('\n')
  .filter((word) => word !== '')
  .map((word) => Buffer.from(word, 'latin1'));

const AC = 'ld-preload';
const SIMD = 'ld-preload:simd';

export interface Host {
  readonly undo: UndoStack;
  /** reads that one process makes at most between two drains */
  readonly mostReads: number;
}

export function placedRows(host: Host, others: readonly string[]): Row[] {
  const levels = new Map<string, string>();
  const level = (name: 'clocks' | 'scan') => {
    const path = levels.get(name) ?? buildLevel(name);
    levels.set(name, path);
    return path;
  };
  return [
    plain(ROW.plainAgain, 'A/A: no hook again'),
    {
      ...plain(ROW.interposition, 'library: interposition only'),
      place: async () => without({ LD_PRELOAD: buildLibrary() }),
    },
    product(host, {
      id: ROW.clocks,
      title: 'library: + clocks',
      mechanism: AC,
      library: () => level('clocks'),
      records: false,
    }),
    product(host, {
      id: ROW.scanAc,
      title: 'library: + scan, ac',
      mechanism: AC,
      library: () => level('scan'),
      records: false,
    }),
    product(host, {
      id: ROW.scanSimd,
      title: 'library: + scan, simd',
      mechanism: SIMD,
      library: () => level('scan'),
      records: false,
    }),
    product(host, { id: ROW.fullAc, title: 'library: full, ac', mechanism: AC, library: buildLibrary, records: true }),
    product(host, {
      id: ROW.fullAcTrace,
      title: 'library: full, ac, trace',
      mechanism: AC,
      library: buildLibrary,
      records: true,
      action: 'trace',
    }),
    product(host, {
      id: ROW.fullSimd,
      title: 'library: full, simd',
      mechanism: SIMD,
      library: buildLibrary,
      records: true,
    }),
    product(host, {
      id: ROW.fullSimdTsc,
      title: 'library: full, simd, tsc clock',
      mechanism: SIMD,
      library: buildLibrary,
      records: true,
      env: { HOOKBENCH_CLOCK: 'tsc' },
    }),
    { ...plain(ROW.reference, 'reference hook'), place: async () => without(reference()) },
    ...others.map((file) => ({
      ...plain(`preload:${file}`, `preload ${basename(file)}`),
      place: async () => without({ LD_PRELOAD: resolve(file) }),
    })),
  ];
}

function plain(id: string, title: string): PlacedRow {
  return { kind: 'placed', id, title, place: async () => without({}) };
}

function without(env: Readonly<Record<string, string>>) {
  return { env, hook: null, records: false };
}

function reference(): Record<string, string> {
  return { LD_PRELOAD: buildReference(), REFERENCE_ANY: '1', REFERENCE_KEYWORDS: DEFAULT_KEYWORDS };
}

/** The library as the mechanism places it, or a build of it with parts left out. */
function product(
  host: Host,
  o: {
    id: string;
    title: string;
    mechanism: string;
    library: () => string;
    records: boolean;
    /** observe where it is not said */
    action?: Action;
    env?: Readonly<Record<string, string>>;
  },
): Row {
  const { id, title } = o;
  const found = MECHANISMS.find((mechanism) => mechanism.id === o.mechanism);
  if (found?.kind !== 'placed')
    return { kind: 'missing', id, title, reason: `no mechanism '${o.mechanism}' is registered` };
  return {
    kind: 'placed',
    id,
    title,
    async place(dir) {
      buildLibrary();
      const order = {
        keywords: KEYWORDS,
        action: o.action ?? 'observe',
        functions: ['read'],
        host: { pinning: pinningOf(), undo: host.undo },
        dir,
        mostReads: host.mostReads,
      } as const;
      const hook = await found.place(order, id);
      return { env: { ...hook.env, ...o.env, LD_PRELOAD: o.library() }, hook, records: o.records };
    },
  };
}
