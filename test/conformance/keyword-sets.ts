/** The keyword lists that are searched for. */

import { readFileSync } from 'node:fs';
import { DEFAULT_KEYWORDS } from '../helpers/preload.ts';

export type KeywordSet = 'default' | 'hostile' | 'nul';

export function keywordsOf(set: KeywordSet): Buffer[] {
  if (set === 'default') return readLines();
  if (set === 'hostile') return hostile();
  return [...hostile().filter((word) => word.length > 1), ...withNul()];
}

function readLines(): Buffer[] {
  const text = readFileSync(DEFAULT_KEYWORDS, 'latin1');
  return text
    .split('\n')
    .filter((word) => word !== '')
    .map((word) => Buffer.from(word, 'latin1'));
}

/** Of every length; alike at their beginnings and ends; one inside another, before and behind it in the list; twice the same; high bytes. */
function hostile(): Buffer[] {
  const chain = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm';
  const lengths = [2, 3, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 33, 48, 63, 64];
  const texts = [
    ...lengths.map((length) => `${'#'.repeat(length - 1)}!`),
    ...lengths.map((length) => `${String.fromCharCode(length + 160)}${chain.slice(0, length - 1)}`),
    'needle',
    'needless',
    'heedless',
    'dle',
    'eedl',
    'edle',
    'aab',
    'aaab',
    'aaaab',
    'abab',
    'ababab',
    'babab',
    'she',
    'he',
    'hers',
    'his',
    'he',
    '\xff\xfe',
    '\xff\xfe\xfd',
    '\x80',
    '\xffneedle\xff',
    '\x01',
    'GET /secret',
    'HTTP/1.1\r',
    '\ttab',
  ];
  return texts.map((text) => Buffer.from(text, 'latin1'));
}

function withNul(): Buffer[] {
  return ['\0\0\0\0\0\x07', 'a\0b', 'x\0', '\0secret', 'end\0\0'].map((text) => Buffer.from(text, 'latin1'));
}
