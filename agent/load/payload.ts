import { buildRequest, FIXED_PARTS, PATH_BYTES, templates } from './request-template.ts';

/** Both payloads of a study: the same length, the same headers. */
export type Payloads = {
  /** Kind 0: no keyword anywhere in it. */
  readonly miss: Uint8Array;
  /** Kind 1: `keyword`, once, and no other keyword. */
  readonly hit: Uint8Array;
  readonly keyword: string;
  /** Where in `hit` the keyword starts, bytes. */
  readonly keywordOffset: number;
};

export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

export const DEFAULT_LENGTH_BYTES = 88;
/** Node's HTTP server takes heads up to 16 KiB; this stays well below. */
const MAX_LENGTH_BYTES = 8192;

/**
 * Builds an HTTP/1.1 GET without and one with a keyword. Deterministic: the same list and length give the same bytes.
 * Matching is exact bytes, as the hooks do it.
 * @param keywords any bytes, at least one byte each
 * @param o.lengthBytes of each payload, 88 unless told, at most 8,192
 * @throws PayloadError naming the keyword that stands in the way, or the length that is too small
 */
export function buildPayloads(keywords: readonly Uint8Array[], o: { lengthBytes?: number } = {}): Payloads {
  const lengthBytes = o.lengthBytes ?? DEFAULT_LENGTH_BYTES;
  const words = distinct(keywords);
  checkInput(words, lengthBytes);
  const blocking = new Map<string, number>();
  let fitted = false;
  let missBuilt = false;
  for (const template of templates()) {
    const miss = buildRequest(template, template.path, lengthBytes);
    if (miss === null) continue;
    fitted = true;
    const found = firstIn(words, miss);
    if (found !== null) {
      blocking.set(found, (blocking.get(found) ?? 0) + 1);
      continue;
    }
    missBuilt = true;
    const hit = findHit(words, (path) => buildRequest(template, path, lengthBytes));
    if (hit !== null) return { miss, ...hit };
  }
  throw new PayloadError(whyNot({ fitted, missBuilt, blocking, lengthBytes }));
}

type Hit = Omit<Payloads, 'miss'>;

/** From the middle of the list outwards: the first keyword that fits in a path and stays the only one there. */
function findHit(words: readonly Buffer[], build: (path: string) => Uint8Array | null): Hit | null {
  for (const word of middleOut(words)) {
    const keyword = word.toString('latin1');
    if (!PATH_BYTES.test(keyword)) continue;
    for (const path of pathsWith(keyword)) {
      const hit = build(path);
      if (hit === null || occurrences(words, hit) !== 1) continue;
      return { hit, keyword, keywordOffset: Buffer.from(hit).indexOf(word) };
    }
  }
  return null;
}

/** Paths with the keyword; none starts with `//`, which a server may read as a host. */
function pathsWith(keyword: string): string[] {
  const paths = [
    keyword,
    `/${keyword}`,
    `/0/${keyword}`,
    `/0/${keyword}/0`,
    `/z${keyword}z`,
    `/0${keyword}`,
    `/_${keyword}_`,
  ];
  return paths.filter((path) => /^\/(?!\/)/.test(path));
}

function middleOut(words: readonly Buffer[]): Buffer[] {
  const middle = Math.floor(words.length / 2);
  const ranked = words.map((word, i) => ({ word, i, distance: Math.abs(i - middle) }));
  return ranked.sort((a, b) => a.distance - b.distance || a.i - b.i).map(({ word }) => word);
}

/** counts up to 2 */
export function occurrences(words: readonly Buffer[], request: Uint8Array): number {
  const bytes = Buffer.from(request);
  let count = 0;
  for (const word of words) {
    for (let at = bytes.indexOf(word); at >= 0 && count < 2; at = bytes.indexOf(word, at + 1)) count++;
    if (count > 1) break;
  }
  return count;
}

function firstIn(words: readonly Buffer[], request: Uint8Array): string | null {
  const bytes = Buffer.from(request);
  return words.find((word) => bytes.includes(word))?.toString('latin1') ?? null;
}

function distinct(keywords: readonly Uint8Array[]): Buffer[] {
  const byText = new Map<string, Buffer>();
  for (const keyword of keywords) {
    const bytes = Buffer.from(keyword);
    byText.set(bytes.toString('latin1'), bytes);
  }
  return [...byText.values()];
}

function checkInput(words: readonly Buffer[], lengthBytes: number): void {
  if (words.length === 0) throw new PayloadError('no keywords: a request with a hit needs one');
  if (words.some((word) => word.length === 0)) throw new PayloadError('an empty keyword is in every request');
  if (!Number.isInteger(lengthBytes) || lengthBytes < 1 || lengthBytes > MAX_LENGTH_BYTES) {
    throw new PayloadError(`payload length ${lengthBytes} is not in 1–${MAX_LENGTH_BYTES} bytes`);
  }
  for (const part of FIXED_PARTS) {
    const found = firstIn(words, Buffer.from(part, 'latin1'));
    if (found === null) continue;
    const where = JSON.stringify(part);
    throw new PayloadError(
      `keyword ${JSON.stringify(found)} is in ${where}, which every HTTP/1.1 GET has: take it off the list`,
    );
  }
}

function whyNot(o: {
  fitted: boolean;
  missBuilt: boolean;
  blocking: ReadonlyMap<string, number>;
  lengthBytes: number;
}): string {
  if (!o.fitted) return `an HTTP/1.1 GET does not fit in ${o.lengthBytes} bytes`;
  if (o.missBuilt) {
    return `none of the keywords can stand alone in the path of a request of ${o.lengthBytes} bytes (printable, short, without another keyword)`;
  }
  const worst = [...o.blocking].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const named = worst.map(([keyword]) => JSON.stringify(keyword)).join(', ');
  return `no request without a keyword could be built; in the way, most often first: ${named}`;
}
