/** JSON files of wrong shapes, drawn from a seed. */

import type { Random } from '../../helpers/random.ts';
import { below, oneOf } from '../wire/mutate.ts';
import { flipped } from '../wire/mutate-bytes.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const VALUES: readonly Json[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  'x',
  '../../../../etc/passwd',
  '__proto__',
  '\u001b[2J',
  'x'.repeat(100_000),
  [],
  [null],
  [[]],
  {},
  { id: null },
];

/** one to three changes of values, or of the text itself */
export function bentJson(random: Random, text: string): { text: string; how: string } {
  const kind = random.uniform();
  if (kind < 0.05) return { text: text.slice(0, below(random, text.length)), how: 'its end cut off' };
  if (kind < 0.1) return { text: flipped(random, Buffer.from(text), 4).toString('latin1'), how: 'flipped bits' };
  if (kind < 0.12) return { text: '['.repeat(100_000), how: 'deep nesting' };
  if (kind < 0.14) return { text: JSON.stringify(oneOf(random, VALUES)), how: 'another value altogether' };
  const json = JSON.parse(text) as Json;
  const how: string[] = [];
  for (let i = 0; i < 1 + below(random, 3); i++) how.push(bend(random, json));
  return { text: JSON.stringify(json).replaceAll('"PROTO"', '"__proto__"'), how: how.join(' and ') };
}

function bend(random: Random, json: Json): string {
  const places = placesOf(json, '');
  if (places.length === 0) return 'nothing left to change';
  const { holder, name, path } = oneOf(random, places);
  const kind = random.uniform();
  if (kind < 0.2) {
    if (Array.isArray(holder)) holder.splice(Number(name), 1);
    else delete holder[name];
    return `${path} left out`;
  }
  if (kind < 0.25 && !Array.isArray(holder)) {
    holder.PROTO = { polluted: true };
    return `__proto__ beside ${path}`;
  }
  const alike = VALUES.filter((one) => typeof one === typeof spotValue(holder, name) && one !== null);
  const value = structuredClone(oneOf(random, alike.length > 0 && random.uniform() < 0.8 ? alike : VALUES));
  if (Array.isArray(holder)) holder[Number(name)] = value;
  else holder[name] = value;
  return `${path} = ${JSON.stringify(value).slice(0, 40)}`;
}

function spotValue(holder: Spot['holder'], name: string): Json | undefined {
  return Array.isArray(holder) ? holder[Number(name)] : holder[name];
}

interface Spot {
  readonly holder: Json[] | { [name: string]: Json };
  readonly name: string;
  readonly path: string;
}

function placesOf(json: Json, path: string): Spot[] {
  if (json === null || typeof json !== 'object') return [];
  return Object.entries(json).flatMap(([name, value]) => [
    { holder: json, name, path: `${path}.${name}` },
    ...placesOf(value, `${path}.${name}`),
  ]);
}
