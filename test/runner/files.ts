import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Paths below test/ whose files measure, fill the machine, or look at what other agents would tidy up, so that each runs alone. */
const ALONE = [
  'e2e/',
  'bench/',
  'faults/',
  'regress/',
  'agent/conditions/',
  'agent/host/',
  'agent/load/',
  'agent/security/',
  'agent/session/',
  'kube/',
] as const;

/** Whole studies and the like of which counts and texts are asserted and no latency: two at a time, and in this order, the long ones first. */
const IN_PAIRS = [
  'e2e/trouble.test.ts',
  'conformance/conformance.test.ts',
  'deploy/images.test.ts',
  'e2e/report-browser.test.ts',
  'e2e/apps.test.ts',
  'e2e/operations.test.ts',
  'e2e/actions.test.ts',
  'e2e/node-layers.test.ts',
  'e2e/pod.test.ts',
  'e2e/nodes.test.ts',
  'e2e/own-hook.test.ts',
  'e2e/sk-skb.test.ts',
  'e2e/together.test.ts',
] as const;

const LIMIT_MS = 240_000;
const E2E_LIMIT_MS = 480_000;

/** beside others as many as the machine takes, two at a time, or alone; in this order */
export const COMPANIES = ['many', 'pair', 'alone'] as const;

/** A test file and how it is to be run; `path` is relative to the project's root. */
export type TestFile = {
  readonly path: string;
  readonly company: (typeof COMPANIES)[number];
  readonly limitMs: number;
};

/**
 * All `*.test.ts` below `folder`, sorted: by the company that they run in, e2e last.
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
  company: pairedAt(path) >= 0 ? 'pair' : ALONE.some((start) => path.startsWith(`test/${start}`)) ? 'alone' : 'many',
  limitMs: area === 'e2e' || area === 'kube' ? E2E_LIMIT_MS : LIMIT_MS,
});

const pairedAt = (path: string): number => IN_PAIRS.findIndex((name) => path === `test/${name}`);

const rank = ({ company, path, limitMs }: TestFile): number =>
  COMPANIES.indexOf(company) * 100 + (company === 'pair' ? pairedAt(path) : limitMs === E2E_LIMIT_MS ? 1 : 0);
