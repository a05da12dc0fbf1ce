/** `results.json`: the contract, keys in a fixed order, so that two equal studies give two equal files. */

import type { Results } from '../analysis/results.ts';

/** these come first, in this order; the others follow by name */
const LEADING = [
  'schema',
  'study',
  'nodes',
  'comparisons',
  'aa',
  'parity',
  'loss',
  'inside',
  'rankings',
  'decomposition',
  'microMacro',
  'bystanders',
  'kernelTimes',
  'observations',
  'recommendations',
  'warnings',
  'id',
  'code',
  'sut',
  'condition',
  'node',
  'hop',
  'mechanism',
  'vantage',
  'source',
  'design',
  'baseline',
  'treated',
  'verdict',
  'sentence',
  'passed',
  'status',
  'n',
] as const;

/** @returns JSON text, two-space indent, ending in a newline
 * @throws TypeError naming the path of a value JSON can't carry: NaN, ±Infinity, undefined, bigint, function */
export function renderJson(results: Results): string {
  return `${JSON.stringify(ordered(results, 'results'), null, 2)}\n`;
}

function ordered(value: unknown, path: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      throw new TypeError(`${path} is ${value}: JSON can't carry it; the analysis must give null`);
    return value;
  }
  if (Array.isArray(value)) return value.map((item, i) => ordered(item, `${path}[${i}]`));
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item, `${path}.${key}`)]));
  }
  throw new TypeError(`${path} is of a kind JSON can't carry (${typeof value})`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function rank(key: string): number {
  const at = (LEADING as readonly string[]).indexOf(key);
  return at < 0 ? LEADING.length : at;
}
