/** The body of a request, bounded. */

import type { IncomingMessage } from 'node:http';
import { Refusal } from './refuse.ts';

const MOST_BYTES = 16_384;

/** @throws Refusal 413, 415 for another type than the one wanted */
export async function readBody(request: IncomingMessage, type: string): Promise<string> {
  const given = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (given !== type) throw new Refusal(415, `this takes ${type}`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Refusal(413, 'the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws Refusal 400, as readBody */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request, 'application/json');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, 'not JSON');
  }
}
