/** CPython's own tests (Debian: libpython3.11-testsuite), with the result of each test. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PYTHON = '/usr/bin/python3.11';

/** One of CPython's test modules, whole or only the tests that match. */
export interface Module {
  readonly name: string;
  readonly match?: string;
}

/** Tests that hang where the kernel has no vsock peer, hooked or not. */
const IGNORED = ['ThreadedVSOCKSocketStreamTest'];

export const hasCpythonTests = (): boolean =>
  existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import test.test_socket']).status === 0;

/** Test name → passed, failed, error or skipped. @throws Error when the run gave no results */
export function runModule({ name, match }: Module, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-cpython-'));
  try {
    const results = join(folder, 'results.xml');
    const only = [...(match ? ['-m', match] : []), ...IGNORED.flatMap((pattern) => ['-i', pattern])];
    const run = spawnSync(PYTHON, ['-m', 'test', '--junit-xml', results, ...only, name], {
      cwd: folder,
      env: { ...env, TMPDIR: folder },
      encoding: 'utf8',
      timeout: 600_000,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (!existsSync(results))
      throw new Error(`${name} gave no results: ${run.status ?? run.signal} ${run.stderr.slice(-2000)}`);
    return parse(readFileSync(results, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The results by test, of regrtest's JUnit file. */
function parse(xml: string): ReadonlyMap<string, string> {
  const results = new Map<string, string>();
  for (const [, attributes, rest] of xml.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)) {
    const name = /name="([^"]*)"/.exec(attributes!)?.[1] ?? '';
    const outcome =
      /<(failure|error|skipped)\b/.exec(rest ?? '')?.[1] ?? /result="(\w+)"/.exec(attributes!)?.[1] ?? 'none';
    results.set(name, outcome);
  }
  return results;
}
