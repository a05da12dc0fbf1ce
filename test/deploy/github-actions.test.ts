/** The example workflow: its gate and compare steps are run as a runner would run them, on stored results. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Results } from '../../controller/analysis/results.ts';
import { runCli } from '../helpers/cli.ts';
import { forked } from '../helpers/pairs.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const test = suite('deploy/examples/github-actions.yml');

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, { readonly 'runs-on': string; readonly steps: readonly Step[] }>>;
}

const workflow = parse(readFileSync(join(ROOT, 'deploy/examples/github-actions.yml'), 'utf8')) as Workflow;
const steps = workflow.jobs.latency?.steps ?? [];
const scriptOf = (name: string) => steps.find((step) => step.name === name)?.run ?? assert.unreachable(name);

/** as a runner: a fresh folder with both checkouts, `bash -e`, a summary file */
async function onRunner(before: Results, after: Results, step: string): Promise<{ exitCode: number; summary: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-test-runner-'));
  try {
    for (const [side, results] of Object.entries({ before, after })) {
      symlinkSync(ROOT, join(dir, side));
      mkdirSync(join(dir, 'results', side, results.study.id), { recursive: true });
      writeFileSync(join(dir, 'results', side, results.study.id, 'results.json'), JSON.stringify(results));
    }
    const summary = join(dir, 'summary.md');
    writeFileSync(summary, '');
    const script = scriptOf(step);
    const env = { GITHUB_STEP_SUMMARY: summary };
    const { exitCode, stderr } = await execa('bash', ['-e', '-c', script ?? ''], { cwd: dir, env, reject: false });
    assert.is(stderr, '');
    return { exitCode: exitCode ?? -1, summary: readFileSync(summary, 'utf8') };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('it is a workflow: an event, a runner, and in each step one action or one script', () => {
  assert.ok('pull_request' in workflow.on);
  for (const job of Object.values(workflow.jobs)) {
    assert.match(job['runs-on'], /^ubuntu-/);
    for (const step of job.steps) assert.is([step.uses, step.run].filter((one) => one !== undefined).length, 1);
  }
});

test('every option of its commands exists', async () => {
  const scripts = steps
    .flatMap(({ run }) => run ?? [])
    .join('\n')
    .replace(/\\\n/g, ' ');
  const calls = [...scripts.matchAll(/hookbench\.js"? (\w+)(.*)/g)];
  assert.equal([...new Set(calls.map(([, command]) => command))].sort(), ['compare', 'gate', 'run']);
  for (const [, command = '', rest = ''] of calls) {
    const { stdout } = await runCli([command, '--help']);
    for (const [option] of rest.matchAll(/--[a-z-]+/g))
      assert.ok(stdout.includes(`${option} `), `${command} ${option}`);
  }
});

test('equal versions within the budget pass both steps, and the summary says so', async () => {
  const gate = await onRunner(forked('a'), forked('b'), 'Budget');
  assert.is(gate.exitCode, 0, gate.summary);
  assert.match(gate.summary, /^\*\*✓ Gate passed: 3 passed of 3 checks\.\*\*\n\n\| gate \|/);
  const same = await onRunner(forked('a'), forked('b'), 'No regression');
  assert.is(same.exitCode, 0, same.summary);
  assert.match(same.summary, /^\*\*No detectable difference between A and B/);
});

test('a dearer hook fails both', async () => {
  const dear = forked('b', 60_000);
  const gate = await onRunner(forked('a'), dear, 'Budget');
  assert.is(gate.exitCode, 1);
  assert.match(gate.summary, /✕ failed/);
  const more = await onRunner(forked('a'), dear, 'No regression');
  assert.is(more.exitCode, 1);
  assert.match(more.summary, /^\*\*B costs more than A for /);
});

test.run();
