/** What uvu itself counted. */
export type Counts = { readonly total: number; readonly passed: number; readonly skipped: number };

// uvu's own block, unindented by anything a test prints: assertion diffs are indented further.
const BLOCK = /^ {2}Total: {5}(\d+)\n {2}Passed: {4}(\d+)\n {2}Skipped: {3}(\d+)\n {2}Duration: /gm;

/**
 * Reads the summary that uvu 0.5 prints at the end of a file, colours off.
 * A file that calls `.run()` again after an `await` gets one block per batch, each with its own tests, so blocks are added up.
 * @returns null when there is no block: the file never called `.run()`, or died before the end
 */
export const parseSummary = (output: string): Counts | null => {
  const blocks = [...output.replaceAll('\r\n', '\n').matchAll(BLOCK)];
  if (blocks.length === 0) return null;
  const sum = (group: number): number => blocks.reduce((total, block) => total + Number(block[group]), 0);
  return { total: sum(1), passed: sum(2), skipped: sum(3) };
};

/** How the file's process ended. */
export type Ending = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** the limit it ran into, if it did */
  readonly timedOutMs: number | null;
  /** processes that it started and left running, as `pid command` */
  readonly leftRunning: readonly string[];
};

export type Outcome = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** why the file failed, empty when it passed */
  readonly reasons: readonly string[];
};

/**
 * Turns uvu's counts and the way the process ended into passed, failed, skipped.
 * Whatever is wrong beside a failing test (no summary, no tests, exit code, time limit, processes left) counts as one failure
 * when no test failed. `total − passed` counts as failed, not uvu's exit code: a throwing `before` hook leaves that at 0.
 */
export const judge = (counts: Counts | null, ending: Ending): Outcome => {
  const failedTests = counts ? counts.total - counts.passed : 0;
  const reasons: string[] = [];
  if (failedTests > 0) reasons.push(`${failedTests} of ${counts?.total} tests failed`);
  if (ending.timedOutMs !== null) reasons.push(`not done after ${ending.timedOutMs / 1000} s, killed`);
  else if (ending.signal !== null) reasons.push(`killed by ${ending.signal}`);
  else if (ending.exitCode !== 0 && failedTests === 0) reasons.push(`exit code ${ending.exitCode}`);
  if (!counts) reasons.push('no uvu summary: it ended early, or .run() is never called');
  else if (counts.total + counts.skipped === 0) reasons.push('no tests in it');
  if (ending.leftRunning.length > 0) reasons.push(`left running (killed): ${ending.leftRunning.join('; ')}`);
  return {
    passed: counts?.passed ?? 0,
    failed: failedTests > 0 ? failedTests : Math.min(reasons.length, 1),
    skipped: counts?.skipped ?? 0,
    reasons,
  };
};
