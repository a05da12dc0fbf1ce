/** CSVs that nobody measured. Each is written to a folder and given to `analyze` as the treated arm. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const HEAD = 'start_time,response_time\n';

export interface CsvCase {
  readonly name: string;
  /** what the refusal says; null when it is a file like any other */
  readonly says: RegExp | null;
  /** @returns the path to give */
  make(dir: string): string;
}

export const GOOD_ROWS = rows((i) => `${1e9 + i / 100},${1 + (i % 7) / 10}`, 200);

export const CSV_CASES: readonly CsvCase[] = [
  file('NUL in a number', `${HEAD}1,1\0 3\n`, /:2: response_time is "1\? 3"/),
  file('values that are no numbers', `${HEAD}NaN,Infinity\n`, /:2: response_time is "Infinity"/),
  file('1e308', `${HEAD}1,1e308\n`, /:2: response_time is "1e308"/),
  file('a column missing', 'start_time,x\n1,2\n', /no column response_time/),
  file('prototype keys for columns', `__proto__,constructor\n1,2\n`, /no column start_time and response_time/),
  file('an unterminated quote', `${HEAD}"1,2\n`.repeat(2), /a quoted field is not closed/),
  file('a line of 3 MB', `${HEAD}${'1'.repeat(3_000_000)}`, /:2: a line of more than 1048576 bytes/),
  file('100,000 columns', `start_time,response_time${',x'.repeat(100_000)}\n1,2\n`, /at least 20 are needed/),
  file('UTF-16', Buffer.from(`${HEAD}1,2\n`, 'utf16le'), /the header has no column/),
  file('nothing', '', /an empty file/),
  file('values that never vary', HEAD + rows(() => '1,1', 100), /nothing can be tested|every response_time/),
  file('gzip cut off', gzipSync(HEAD + GOOD_ROWS).subarray(0, 200), /gzip data is damaged or cut off/),
  file(
    'lines of 1 MiB in gzip',
    gzipSync(Buffer.from(`${HEAD}"${'1'.repeat(1_000_000)}"\n`.repeat(2))),
    /:2: 1 field|:2:/,
  ),
  // 200 sd of 1e15: the size of a study that would find it took as many steps
  file('an effect of 10^15 standard errors', HEAD + rows((i) => `${i},${999_999_997 + (i % 3)}`, 100), null),
  { name: 'a folder', says: /is a folder/, make: (dir) => made(dir, 'folder', (path) => mkdirSync(path)) },
  { name: '/dev/zero', says: /a line of more than/, make: () => '/dev/zero' },
  { name: '/dev/null', says: /an empty file/, make: () => '/dev/null' },
  { name: '/proc/self/mem', says: /can't be read/, make: () => '/proc/self/mem' },
  {
    name: 'a pipe that nobody writes to',
    says: /nothing came through this pipe for 0\.3 s/,
    make: (dir) => made(dir, 'pipe', (path) => execFileSync('mkfifo', [path])),
  },
];

function file(name: string, content: string | Buffer, says: RegExp | null): CsvCase {
  return { name, says, make: (dir) => made(dir, 'case.csv', (path) => writeFileSync(path, content)) };
}

function made(dir: string, name: string, make: (path: string) => void): string {
  const path = join(dir, name);
  make(path);
  return path;
}

function rows(make: (i: number) => string, n: number): string {
  return Array.from({ length: n }, (_, i) => `${make(i)}\n`).join('');
}
