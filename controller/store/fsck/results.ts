/** results.json beside the samples: is it of this study, and of what is stored? */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { MeasurementRecord } from '#proto';
import { RESULTS_SCHEMA, type Results } from '../../analysis/results.ts';
import { lossRows, parityRows } from '../count-rows.ts';
import type { StudyMeta } from '../meta.ts';
import { nodeOf } from '../records.ts';
import { damage, type Finding } from './finding.ts';

const FILE = 'results.json';
const AGAIN = 'make it again from the samples: hookbench analyze DIR';

export class ResultsCheck {
  readonly #meta: StudyMeta;
  readonly #counts: { node: string; record: MeasurementRecord }[] = [];
  /** node and SUT → samples */
  readonly #samples = new Map<string, number>();

  constructor(meta: StudyMeta) {
    this.#meta = meta;
  }

  record(record: MeasurementRecord): void {
    const node = nodeOf(record);
    if (record.body === 'parity' || record.body === 'loss') this.#counts.push({ node, record });
    if (record.body !== 'samples') return;
    const key = `${node} ${record.samples.place.sut}`;
    this.#samples.set(key, (this.#samples.get(key) ?? 0) + record.samples.n);
  }

  findings(dir: string): Finding[] {
    const path = join(dir, FILE);
    if (!existsSync(path)) return [damage('results-missing', FILE, 'there is no results.json', AGAIN)];
    let results: Results;
    try {
      results = JSON.parse(readFileSync(path, 'utf8')) as Results;
      if (results.schema !== RESULTS_SCHEMA) throw new Error(`schema ${results.schema}`);
      return this.#unlike(results).map((what) => damage('results-mismatch', FILE, what, AGAIN));
    } catch (error) {
      return [damage('unreadable', FILE, `results.json can't be read: ${(error as Error).message}`, AGAIN)];
    }
  }

  #unlike({ study, parity, loss, comparisons, aa }: Results): string[] {
    const { id, seed, startedAt, status } = this.#meta;
    const fields = Object.entries({ id, seed, startedAt, status: status === 'running' ? 'interrupted' : status });
    const other = fields.flatMap(([name, value]) => {
      const said = study[name as keyof typeof study];
      return said === value ? [] : [`it says ${name} ${said}, study.json ${value}`];
    });
    const tooMany = [...aa.comparisons, ...comparisons].flatMap(({ sut, node, n, baselineN }) => {
      const stored = this.#samples.get(`${node} ${sut}`) ?? 0;
      return n + baselineN <= stored
        ? []
        : [`it compares ${n + baselineN} samples of ${sut} on ${node}; ${stored} are stored`];
    });
    const counts = [
      ...(isSame(parity, parityRows(this.#counts)) ? [] : ['its parity counts are not those that are stored']),
      ...(isSame(loss, lossRows(this.#counts)) ? [] : ['its loss counts are not those that are stored']),
    ];
    return [...other, ...tooMany, ...counts];
  }
}

/** in any order of rows and fields */
function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  const plain = (rows: readonly unknown[]) =>
    rows
      .map((row) =>
        JSON.stringify(Object.fromEntries(Object.entries(row as object).sort(([x], [y]) => (x < y ? -1 : 1)))),
      )
      .sort();
  return isDeepStrictEqual(plain(a), plain(b));
}
