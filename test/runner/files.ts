import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Paths below test/ whose files measure, fill the machine, or look at what other agents would tidy up, so that each runs alone. */
const SERIAL = [
  'e2e/',
  'bench/',
  'faults/',
  'regress/',
  'conformance/conformance.test.ts',
  'agent/conditions/',
  'agent/host/',
  'agent/load/',
  'agent/security/',
  'agent/session/',
  'deploy/images.test.ts',
  'kube/',
] as const;

const LIMIT_MS = 240_000;
const E2E_LIMIT_MS = 480_000;

/** A test file and how it is to be run; `path` is relative to the project's root. */
export type TestFile = { readonly path: string; readonly serial: boolean; readonly limitMs: number };

/**
 * All `*.test.ts` below `folder`, sorted: parallel ones first, then the serial ones, then e2e.
 * @param root the project's root
 * @param filters keep a file when its path holds one of these; none keeps all
 * @param excludes drop a file when its path starts with one of these
 */
export const findTestFiles = (
  root: string,
  folder: string,
  filters: readonly string[],
  excludes: readonly string[],
): TestFile[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.split(sep).includes('node_modules'))
    .map((name) =>
      relative(root, join(root, folder, name))
        .split(sep)
        .join('/'),
    )
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter.replace(/^\.\//, ''))))
    .filter((path) => !excludes.some((exclude) => path.startsWith(exclude.replace(/^\.\//, ''))))
    .map((path) => describe(path, path.split('/')[1]))
    .sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));

const describe = (path: string, area: string | undefined): TestFile => ({
  path,
  serial: SERIAL.some((start) => path.startsWith(`test/${start}`)),
  limitMs: area === 'e2e' || area === 'kube' ? E2E_LIMIT_MS : LIMIT_MS,
});

const rank = (file: TestFile): number => (file.limitMs === E2E_LIMIT_MS ? 2 : file.serial ? 1 : 0);
