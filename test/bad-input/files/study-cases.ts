/** Study files that nobody means well with. Each is written to a folder and given to the reader of study files. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HEAD = 'schema: hookbench.study-file/v1\n';

export interface StudyCase {
  readonly name: string;
  /** what the refusal says */
  readonly says: RegExp;
  /** @returns the path to give */
  make(dir: string): string;
}

export const STUDY_CASES: readonly StudyCase[] = [
  // without a bound of our own 100,000 of these take the whole process down
  file('500,000 brackets', `${HEAD}sut: ${'['.repeat(500_000)}`, /:2:22: nested too deeply/),
  file('100,000 mappings in each other', `${HEAD}plan: ${'{a: '.repeat(100_000)}`, /:2:\d+: nested too deeply/),
  file(
    '700 levels of indentation',
    lines(700, (i) => `${' '.repeat(i)}a:`),
    /:66:1: nested too deeply/,
  ),
  file('100,000 dashes in a line', '- '.repeat(100_000), /:1:65: nested too deeply/),
  file(
    '400,000 keys',
    lines(100_000, (i) => `k${i}: 1`),
    /more than 20000 words and signs/,
  ),
  file(
    '60,000 anchors',
    lines(60_000, (i) => `- &a${i} 1`),
    /more than 20000 words and signs/,
  ),
  file(
    'a bomb of aliases',
    `${HEAD}sut: &a [x,x,x,x,x,x,x,x]\nuntil-for: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nmechanisms: [*b,*b,*b,*b,*b,*b,*b,*b]\n`,
    /aliases that grow beyond any study/,
  ),
  file('an alias of itself', `${HEAD}sut: &a [*a]\n`, /sut\[1\] "\*a" is not a name/),
  file('__proto__', `${HEAD}__proto__: {quick: true}\n`, /:2:1: unknown key "__proto__"; known: schema, sut/),
  file('constructor in a section', `${HEAD}plan: {constructor: 1}\n`, /:2:8: unknown key "constructor"; known: detect/),
  file('a merge key', `${HEAD}<<: {quick: true}\n`, /:2:1: unknown key "<<"/),
  file('a key twice', `${HEAD}forks: 4\nforks: 5\n`, /:3:1: a key for the second time/),
  file('two documents', `${HEAD}---\n${HEAD}`, /:2:1: a second document/),
  file('a function for a value', `${HEAD}sut: !!js/function "x"\n`, /:2:6: Unresolved tag/),
  file('a list for a key', `${HEAD}? [a]\n: 1\n`, /:2:3: .*keys must be strings/),
  file('a number beyond all', `${HEAD}requests: 1e400\n`, /:2:11: requests "1e400" is not a whole number from 1/),
  file('a number that is none', `${HEAD}requests: .nan\n`, /requests ".nan" is not a whole number/),
  file('2^64', `${HEAD}seed: 18446744073709551616\n`, /seed "18446744073709551616" is not a whole number/),
  file('half a request', `${HEAD}requests: 0.5\n`, /requests "0.5" is not a whole number/),
  file('a list for a number', `${HEAD}forks: [4]\n`, /forks "\[4\]" is not a whole number from 1 to 1000/),
  file('a mapping for a list', `${HEAD}sut: {a: b}\n`, /sut "\{a: b\}" is not a list of names/),
  file('NUL in a path', `${HEAD}keywords: "a\\0b"\n`, /keywords .* is not a path/),
  file('a terminal’s control characters', `${HEAD}"\\e[2J": 1\n`, /unknown key "\?\[2J"/),
  file('tabs', `${HEAD}plan:\n\tdetect: 1us\n`, /:3:1: Tabs are not allowed/),
  file('Latin-1', Buffer.from(`${HEAD}keywords: w\xf6rter\n`, 'latin1'), /:2:12: not UTF-8/),
  file('UTF-16', Buffer.from(`\ufeff${HEAD}`, 'utf16le'), /:1:1: not UTF-8/),
  file('zeros', Buffer.alloc(5_000), /is not a study|unknown key|is missing/),
  file('nothing', '', /:1:1: the study file is empty/),
  file('a sentence', 'measure everything', /:1:1: "measure everything" is not a study/),
  file(
    'an older version',
    'schema: hookbench.study-file/v0\n',
    /:1:9: schema "hookbench.study-file\/v0" is not hookbench.study-file\/v1/,
  ),
  file('more than 1 MiB', `${HEAD}${'#'.repeat(2 ** 20)}`, /has more than 1048576 bytes/),
  { name: 'a folder', says: /is a folder/, make: (dir) => made(dir, (path) => mkdirSync(path)) },
  { name: 'a pipe that nobody writes to', says: /no regular file/, make: (dir) => made(dir, fifo) },
  { name: '/dev/zero', says: /no regular file/, make: () => '/dev/zero' },
  { name: 'no file at all', says: /there is none/, make: (dir) => join(dir, 'gone.yaml') },
];

function fifo(path: string): void {
  execFileSync('mkfifo', [path]);
}

function file(name: string, content: string | Buffer, says: RegExp): StudyCase {
  return { name, says, make: (dir) => made(dir, (path) => writeFileSync(path, content)) };
}

function made(dir: string, make: (path: string) => void): string {
  const path = join(dir, 'case.yaml');
  make(path);
  return path;
}

function lines(n: number, make: (i: number) => string): string {
  return Array.from({ length: n }, (_, i) => `${make(i)}\n`).join('');
}
