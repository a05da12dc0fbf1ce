/** Trouble in the middle of a real study: a clear error, what was measured is kept, nothing is left behind. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LIVE_MARK } from '../../agent/mechanisms/bpftrace/script.ts';
import { readStudy } from '../../controller/store/read.ts';
import {
  argv,
  type CliRun,
  DAEMON,
  endRuns,
  leftBehind,
  newOutDir,
  type RunningCli,
  resultsIn,
  startCli,
  studyDir,
} from '../helpers/cli.ts';
import { needs } from '../helpers/require.ts';
import { isServing } from '../helpers/serving.ts';

const trouble = suite('e2e: trouble');
trouble.after.each(endRuns);
const LONG = argv('run --sut read-loop,node-hello --forks 40 --blocks 5 --requests 40000 --warmup 400');
const LIBRARY = [...LONG, '--mechanisms', 'ld-preload'];
const READ_LOOP = /build\/sut\/read-loop/;

trouble('Ctrl-C: exit 4 with the results so far', async () => {
  const out = newOutDir();
  const run = startCli([...LIBRARY, '--out', out]);
  await forkDone(run);
  process.kill(run.pid, 'SIGINT');
  const { exitCode, stderr, stdout } = await run.done;
  assert.is(exitCode, 4, stderr);
  assert.match(stderr, /interrupted/);
  assert.match(stdout, /interrupted/);
  assert.is(resultsIn(out).study.status, 'interrupted');
  assert.ok(resultsIn(out).comparisons.some((c) => c.n > 0 && c.flags.some((flag) => flag.code === 'incomplete')));
  await clean(run, out);
});

trouble('a second Ctrl-C ends at once, and still nothing is left', async () => {
  const out = newOutDir();
  const run = startCli([...LIBRARY, '--out', out]);
  await run.child(/node-hello/);
  process.kill(run.pid, 'SIGINT');
  process.kill(run.pid, 'SIGINT');
  assert.is((await run.done).exitCode, 4);
  await clean(run, out);
});

trouble('a command that is killed: controller and agent end in good order, and what was stored is kept', async () => {
  const out = newOutDir();
  const run = startCli([...LIBRARY, '--out', out]);
  await forkDone(run);
  process.kill(run.pid, 'SIGKILL');
  await run.done;
  assert.equal(await leftBehind(run), []);
  assert.is(resultsIn(out).study.status, 'interrupted');
  rmSync(out, { recursive: true });
});

trouble('a SUT that is killed: named, with what was measured kept', async () => {
  const out = newOutDir();
  const run = startCli([...LIBRARY, '--out', out]);
  await forkDone(run);
  const ended = await killed(run, await nextInstance(run, READ_LOOP));
  assert.is(ended.exitCode, 1, ended.stderr);
  assert.match(ended.stderr, /SUT read-loop .*died|SUT read-loop ended/);
  assert.match(ended.stderr, /SIGKILL/);
  keptAndMarked(out, 'sut-died');
  await clean(run, out);
});

trouble('bpftrace that is killed: named, its slices are not counted', async () => {
  if (!needs('ebpf')) return;
  const out = newOutDir();
  const run = startCli([...LONG, '--mechanisms', 'bpftrace', '--out', out]);
  await forkDone(run);
  const results = await killed(run, await run.child(/^bpftrace -f json/, isLive));
  assert.is(results.exitCode, 1, results.stderr);
  assert.match(results.stderr, /bpftrace ended/);
  const { batches, histograms } = readStudy(studyDir(out));
  const blockOf = (x: { sut: string; fork: number; block: number }) => `${x.sut} ${x.fork} ${x.block}`;
  const whole = new Set(histograms.filter((h) => h.phase === 'measure').map(blockOf));
  const counted = batches.filter((b) => b.phase === 'measure' && b.design === 'sliced' && b.arm.some((arm) => arm > 1));
  for (const batch of counted) assert.ok(whole.has(blockOf(batch)), `${blockOf(batch)} has no counts of bpftrace`);
  await clean(run, out);
});

trouble('a controller that is killed: what it had stored is analysed', async () => {
  const out = newOutDir();
  const run = startCli([...LIBRARY, '--out', out]);
  await forkDone(run);
  const ended = await killed(run, await run.child(DAEMON.controller));
  assert.is(ended.exitCode, 1, ended.stderr);
  assert.match(ended.stderr, /the controller died/);
  assert.is(resultsIn(out).study.status, 'interrupted');
  assert.ok(readStudy(studyDir(out)).batches.some((batch) => batch.phase === 'measure'));
  await clean(run, out);
});

trouble('an agent that is killed takes its processes with it; the next start removes its folders', async () => {
  const out = newOutDir();
  const run = startCli([...LIBRARY, '--out', out]);
  await forkDone(run);
  const ended = await killed(run, await run.child(DAEMON.agent));
  assert.is(ended.exitCode, 1, ended.stderr);
  assert.match(ended.stderr, /agent .* did not come back/);
  keptAndMarked(out, 'agent-gone');
  assert.equal(run.children(/./), [], 'no process is left');
  const again = newOutDir();
  const brief = argv('run --sut read-loop --mechanisms ld-preload --forks 1 --blocks 1 --requests 3000');
  const next = startCli([...brief, '--out', again]);
  assert.is((await next.done).exitCode, 0);
  assert.equal(await leftBehind(run), [], 'its folders are gone');
  rmSync(again, { recursive: true });
  await clean(next, out);
});

trouble('a SUT that never becomes ready: named, with its last lines', async () => {
  if (!needs('java')) return;
  const out = newOutDir();
  const bin = mkdtempSync(join(tmpdir(), 'hookbench-test-bin-'));
  const java =
    '#!/bin/sh\n[ "$1" = -version ] && { echo \'openjdk version "17.0.1"\' >&2; exit 0; }\necho no room for the heap >&2\nexit 7\n';
  writeFileSync(join(bin, 'java'), java, { mode: 0o755 });
  const args = ['run', '--sut', 'java-hello', '--mechanisms', 'ld-preload', '--quick', '--out', out];
  const run = startCli(args, { env: { PATH: `${bin}:${process.env.PATH ?? ''}` } });
  const ended = await run.done;
  assert.is(ended.exitCode, 1, ended.stderr);
  assert.match(ended.stderr, /SUT java-hello ended before it was ready \(exit code 7\)/);
  assert.match(ended.stderr, /no room for the heap/);
  assert.match(ended.stderr, /HOOKBENCH_PORT=8080 java /);
  rmSync(bin, { recursive: true });
  await clean(run, out);
});

trouble('a full disk: named, and what had room is kept', async () => {
  if (process.getuid?.() !== 0) return;
  const out = mkdtempSync(join(tmpdir(), 'hookbench-test-full-'));
  mkdirSync(out, { recursive: true });
  execaSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', out]);
  try {
    const run = startCli([...LIBRARY, '--out', join(out, 'results')]);
    const ended = await run.done;
    assert.is(ended.exitCode, 1, ended.stderr);
    assert.match(ended.stderr, /disk full/);
    assert.match(ended.stderr, /--out/);
    assert.ok(readdirSync(studyDir(join(out, 'results'))).includes('study.json'));
    assert.equal(await leftBehind(run), []);
  } finally {
    execaSync('umount', [out]);
    rmSync(out, { recursive: true });
  }
});

/** waits until a fork is measured: the SUT of the fork after it has a connection */
async function forkDone(run: RunningCli): Promise<void> {
  await run.child(READ_LOOP, (_, pid) => isServing(pid));
  await nextInstance(run, READ_LOOP);
}

/** whether a bpftrace with these words has written what proves that it is attached */
function isLive(words: readonly string[]): boolean {
  const output = words[words.indexOf('-o') + 1];
  return output !== undefined && existsSync(output) && readFileSync(output, 'utf8').includes(LIVE_MARK);
}

/** The SUT of the fork that follows: the one that is there may just be on its way out, which is no trouble. */
async function nextInstance(run: RunningCli, program: RegExp): Promise<number> {
  const old = run.children(program);
  return run.child(program, (_, pid) => !old.includes(pid) && isServing(pid));
}

async function killed(run: RunningCli, pid: number): Promise<CliRun> {
  process.kill(pid, 'SIGKILL');
  return run.done;
}

function keptAndMarked(out: string, code: string): void {
  const results = resultsIn(out);
  assert.is(results.study.status, 'failed');
  assert.ok(
    results.warnings.some((warning) => warning.code === code),
    JSON.stringify(results.warnings),
  );
  assert.ok(results.comparisons.some((c) => c.n > 0));
  for (const c of results.comparisons) assert.ok(c.flags.some((flag) => flag.code === 'incomplete'));
}

async function clean(run: RunningCli, out: string): Promise<void> {
  assert.equal(await leftBehind(run), []);
  rmSync(out, { recursive: true });
}

trouble.run();
