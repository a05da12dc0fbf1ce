/** What the far end sees of its load generator: where it runs, and over what its packets leave. It comes from another node: every word of it
 * is checked before it goes into a record. */

import { BenchError, type NetworkPath, type PlacedEnd } from '#proto';

export interface Sight {
  /** null where the process could not be looked at */
  readonly end: PlacedEnd | null;
  readonly way: Pick<NetworkPath, 'route' | 'device' | 'deviceKind' | 'missing'>;
  /** programs known as proxies of service meshes in its network namespace */
  readonly meshProxies: readonly string[];
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const LONGEST = 200;
const MOST_WORDS = 20;
const ROUTES = ['', 'loopback', 'link', 'routed'];
const END_FIELDS = [
  'node',
  'pod',
  'podUid',
  'container',
  'pidNamespace',
  'netNamespace',
  'mountNamespace',
  'cgroupNamespace',
] as const satisfies readonly (keyof PlacedEnd)[];

export function sightText(sight: Sight): Buffer {
  return Buffer.from(JSON.stringify(sight), 'utf8');
}

/** @throws BenchError bad-message */
export function sightOf(body: Buffer): Sight {
  try {
    const { end, way, meshProxies } = JSON.parse(body.toString('utf8')) as Record<
      'end' | 'way' | 'meshProxies',
      unknown
    >;
    const { route, device, deviceKind, missing } = way as Record<string, unknown>;
    const known = ROUTES.find((one) => one === route);
    if (known === undefined) throw new Error('a route of no kind');
    return {
      end: end === null ? null : endOf(end as Record<string, unknown>),
      way: { route: known, device: word(device), deviceKind: word(deviceKind), missing: words(missing) },
      meshProxies: words(meshProxies),
    };
  } catch (cause) {
    throw new BenchError('bad-message', 'what the other end sees of its load generator is not told as agreed', {
      cause,
    });
  }
}

/** the address whose way is asked for; null for anything else */
export function addressOf(body: Buffer): string | null {
  const text = body.toString('latin1');
  return IPV4.test(text) ? text : null;
}

function endOf(end: Record<string, unknown>): PlacedEnd {
  return Object.fromEntries(END_FIELDS.map((field) => [field, word(end[field])])) as unknown as PlacedEnd;
}

function words(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > MOST_WORDS) throw new Error('no list of words');
  return value.map(word);
}

function word(value: unknown): string {
  if (typeof value !== 'string' || value.length > LONGEST || /[^\x20-\x7e]/.test(value)) throw new Error('no word');
  return value;
}
