/** Limits that processes ran into: a real cgroup with a CPU limit, and threads that wait for one core. */

import { appendFileSync, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cgroupsOf } from '../../../agent/host/cgroups.ts';
import { type LimitsLook, limitsBetween, lookAtLimits } from '../../../agent/observe/limits.ts';
import { RunQueueTally, runQueueWaits } from '../../../agent/observe/run-queue.ts';
import { runCommand } from '../../../agent/process/child.ts';
import { endAll, startNode } from '../../helpers/observed.ts';

const limits = suite('observe: limits');
limits.after.each(endAll);

const BURN = "console.log('on'); setImmediate(() => { while (true) {} })";
const runQueue = { sut: { value: 0, missing: '' }, load: { value: 0, missing: '' } };

limits('a cgroup’s CPU limit is seen in the share of the time that it held a process back', async () => {
  const burner = await startNode(BURN);
  const cgroup = cpuLimited(burner.pid, 0.2);
  if (cgroup === null) return void process.stdout.write('SKIP: needs cgroups that can be made\n');
  try {
    assert.ok(cgroupsOf(burner.pid).cpu.includes(cgroup));
    const ends = { load: [process.pid], sut: [burner.pid] };
    const from = lookAtLimits(ends);
    await sleep(1000);
    const { throttledShare } = limitsBetween(from, lookAtLimits(ends), runQueue);
    assert.is(throttledShare.missing, '');
    assert.ok(throttledShare.value > 0.3 && throttledShare.value <= 1, `${throttledShare.value}`);
    const others = lookAtLimits({ load: [process.pid], sut: [process.pid] });
    assert.not(others.throttledMs.has(cgroup), 'a cgroup of neither end');
  } finally {
    burner.child.kill('SIGKILL');
    await new Promise((resolve) => burner.child.once('exit', resolve));
    rmdirSync(cgroup);
  }
});

limits('of three that burn on one core each waits for the others; one that sleeps waits for none', async () => {
  const burners = await Promise.all([1, 2, 3].map(() => startNode(BURN)));
  const idle = await startNode("console.log('on'); setInterval(() => {}, 1000)");
  for (const { pid } of burners)
    assert.is((await runCommand('taskset', ['-a', '-c', '-p', '0', String(pid)])).exitCode, 0);
  const before = [burners[0]!, idle].map(({ pid }) => ({ pid, from: runQueueWaits(pid) }));
  const startedMs = performance.now();
  await sleep(900);
  const activeMs = performance.now() - startedMs;
  const [busy, quiet] = before.map((was) => {
    const tally = new RunQueueTally();
    tally.add([{ ...was, to: runQueueWaits(was.pid) }], activeMs);
    return tally.worst();
  });
  // it runs for a third of the time at most
  assert.ok(busy!.missing === '' && busy!.value > 0.5 && busy!.value <= 1.05, `${busy!.value}`);
  assert.ok(quiet!.missing === '' && quiet!.value < 0.1, `${quiet!.value}`);
});

limits('waits of a thread are added up over stretches; the worst one counts', () => {
  const tally = new RunQueueTally();
  assert.ok(tally.worst().missing.includes('schedstat'));
  const add = (a: number, b: number) =>
    tally.add(
      [
        {
          pid: 1,
          from: new Map([
            ['1', 100e6],
            ['2', 5e6],
          ]),
          to: new Map([
            ['1', 100e6 + a],
            ['2', 5e6 + b],
          ]),
        },
      ],
      50,
    );
  add(10e6, 0);
  add(10e6, 15e6);
  assert.equal(tally.worst(), { value: 0.2, missing: '' });
});

limits('counters that could not be read are missing, those of the worse place decide', () => {
  const empty: LimitsLook = {
    atMs: 0,
    throttledMs: new Map(),
    memoryStalledMs: new Map(),
    ioStalledMs: new Map(),
    memoryEvents: new Map(),
  };
  const nothing = limitsBetween(empty, { ...empty, atMs: 100 }, runQueue);
  for (const key of ['throttledShare', 'memoryPressureShare', 'ioPressureShare', 'memoryEvents'] as const)
    assert.ok(nothing[key].missing.length > 5, key);
  const from = {
    ...empty,
    throttledMs: new Map([
      ['a', 0],
      ['b', 10],
    ]),
    memoryEvents: new Map([
      ['m', 2],
      ['n', null],
    ]),
  };
  const to = {
    ...from,
    atMs: 100,
    throttledMs: new Map([
      ['a', 1],
      ['b', 40],
    ]),
    memoryEvents: new Map([
      ['m', 5],
      ['n', 7],
    ]),
  };
  const seen = limitsBetween(from, to, runQueue);
  assert.equal(seen.throttledShare, { value: 0.3, missing: '' });
  assert.equal(seen.memoryEvents, { value: 3, missing: '' });
});

limits('a look at this machine has what its kernel counts', () => {
  const ends = { load: [process.pid], sut: [process.pid] };
  const look = lookAtLimits(ends);
  const seen = limitsBetween(look, { ...lookAtLimits(ends), atMs: look.atMs + 50 }, runQueue);
  const hasPressure = existsSync('/proc/pressure/memory');
  assert.is(seen.memoryPressureShare.missing === '', hasPressure);
  assert.is(seen.ioPressureShare.missing === '', hasPressure);
});

/** Puts a process into a new cgroup that may use that share of one core. @returns its folder, null where none can be made */
function cpuLimited(pid: number, cores: number): string | null {
  const name = `hookbench-test-${process.pid}`;
  const [periodUs, quotaUs] = [20_000, 20_000 * cores];
  const kinds: readonly [string, () => void][] = [
    [
      `/sys/fs/cgroup/cpu/${name}`,
      () => {
        writeFileSync(`/sys/fs/cgroup/cpu/${name}/cpu.cfs_period_us`, `${periodUs}`);
        writeFileSync(`/sys/fs/cgroup/cpu/${name}/cpu.cfs_quota_us`, `${quotaUs}`);
      },
    ],
    [`/sys/fs/cgroup/${name}`, () => writeFileSync(`/sys/fs/cgroup/${name}/cpu.max`, `${quotaUs} ${periodUs}`)],
  ];
  for (const [dir, limit] of kinds) {
    try {
      mkdirSync(dir);
    } catch {
      continue;
    }
    try {
      limit();
      appendFileSync(join(dir, 'cgroup.procs'), `${pid}`);
      return dir;
    } catch {
      rmdirSync(dir);
    }
  }
  return null;
}

limits.run();
