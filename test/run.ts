// The test runner: every test/**/*.test.ts in a process of its own, counted from uvu's summaries. `--help` says how.
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type FileResult, runFile } from './runner/file.ts';
import { COMPANIES, findTestFiles, type TestFile } from './runner/files.ts';

const USAGE = `Usage: node --import tsx test/run.ts [--exclude PATH]… [--jobs N] [--limit SECONDS] [--root DIR] [FILTER]…

  FILTER           run only files whose path holds one of these, such as test/proto or codec
  --exclude PATH   leave out files whose path starts with this, such as test/e2e
  --jobs N         files at a time, for those that may run beside others (default: cores + 1, at most 4)
  --limit SECONDS  time limit of each file (default: 240, and 480 for test/e2e and test/kube)
  --root DIR       the project whose test/ is run (default: this one)

The last line is "N passed, N failed, N skipped". Exit code 0 when nothing failed, 1 otherwise, 2 on bad usage.
HOOKBENCH_REQUIRE=ebpf,docker,java,chromium,kubernetes makes a skip for the lack of one of these a failure.
`;

type Options = {
  readonly root: string;
  readonly filters: readonly string[];
  readonly excludes: readonly string[];
  readonly jobs: number;
  readonly limitMs: number | null;
};

const main = async (): Promise<number> => {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const files = findTestFiles(options.root, 'test', options.filters, options.excludes);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort(signal));

  const results: FileResult[] = [];
  const runOne = async (file: TestFile): Promise<void> => {
    if (stop.signal.aborted) return;
    const result = await runFile(file.path, options.root, options.limitMs ?? file.limitMs, stop.signal);
    results.push(result);
    report(file, result);
  };
  const jobsIn = { many: options.jobs, pair: Math.min(2, options.jobs), alone: 1 };
  for (const company of COMPANIES) {
    const together = files.filter((file) => file.company === company);
    await inParallel(together, jobsIn[company], runOne);
  }

  return summarise(results, files.length, stop.signal.aborted);
};

const readOptions = (): Options | number => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        exclude: { type: 'string', multiple: true },
        jobs: { type: 'string' },
        limit: { type: 'string' },
        root: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const limitS = positive('--limit', values.limit);
    return {
      root: resolve(values.root ?? join(import.meta.dirname, '..')),
      filters: positionals,
      excludes: values.exclude ?? [],
      jobs: positive('--jobs', values.jobs) ?? Math.min(4, availableParallelism() + 1),
      limitMs: limitS === null ? null : limitS * 1000,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
};

const positive = (name: string, text: string | undefined): number | null => {
  if (text === undefined) return null;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} takes a number above 0, not '${text}'`);
  return value;
};

const inParallel = async (files: readonly TestFile[], jobs: number, run: (file: TestFile) => Promise<void>) => {
  const queue = [...files];
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file; file = queue.shift()) await run(file);
  };
  await Promise.all(Array.from({ length: Math.ceil(jobs) }, worker));
};

const report = (file: TestFile, { passed, failed, skipped, reasons, durationMs, output }: FileResult): void => {
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const line = `${failed > 0 ? 'FAIL' : 'ok  '}  ${file.path}  ${counts.filter(Boolean).join(', ')} (${(durationMs / 1000).toFixed(1)} s)`;
  console.log(failed > 0 ? `${line}: ${reasons.join('; ')}\n${indent(output)}` : line);
};

/** Indented, so that nothing a test prints can be taken for the runner's own last line. */
const indent = (text: string): string => text.trimEnd().replace(/^/gm, '    ');

const summarise = (results: readonly FileResult[], found: number, interrupted: boolean): number => {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of results) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  // files end in any order
  const bad = results.filter(({ failed }) => failed > 0).map(({ file }) => file);
  if (bad.length > 0) console.log(`\nfailed: ${bad.sort().join(' ')}`);
  const wrong =
    found === 0 ? 'no test file matches' : interrupted ? `interrupted after ${results.length} of ${found} files` : null;
  if (wrong) console.log(wrong);
  if (wrong && sum.failed === 0) sum.failed = 1;
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  return sum.failed > 0 ? 1 : 0;
};

process.exitCode = await main();
