/** The keyword file of a study: one word a line, bytes as they are. */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BenchError } from '#proto';

export const DEFAULT_KEYWORDS = fileURLToPath(new URL('../../hooks/keywords/default.txt', import.meta.url));
const MAX_BYTES = 64;
const MAX_WORDS = 2000;

/** @throws BenchError usage with the line number */
export function readKeywords(path: string): Uint8Array[] {
  if (!existsSync(path)) throw new BenchError('usage', `no keyword file at ${path}`);
  const words: Uint8Array[] = [];
  const lines = textOf(path).split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    if (line.length > MAX_BYTES || line.includes('\0')) {
      throw new BenchError('usage', `${path}:${i + 1}: a keyword has 1 to ${MAX_BYTES} bytes and no NUL`);
    }
    words.push(Buffer.from(line, 'latin1'));
  }
  if (words.length === 0) throw new BenchError('usage', `${path} holds no keyword (one word a line)`);
  if (words.length > MAX_WORDS)
    throw new BenchError('usage', `${path} holds ${words.length} keywords; at most ${MAX_WORDS} are taken`);
  return words;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (cause) {
    throw new BenchError('usage', `the keyword file can't be read: ${(cause as Error).message}`, { cause });
  }
}
