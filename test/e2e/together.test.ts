/** Mechanisms that would be in each other's way, in one study: each is counted by what can count it, and no SUT dies of another's. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { argv, endRuns, leftBehind, newOutDir, resultsIn, startCli } from '../helpers/cli.ts';
import { needs } from '../helpers/require.ts';

const study = suite('e2e: mechanisms together');
study.after.each(endRuns);

const PLACED = ['sud', 'seccomp-notify'];
const ATTACHED = ['bpf', 'uprobe:symbol'];

study(
  'hooks at the boundary beside hooks that are attached: every read is counted, once, and what is not is said',
  async () => {
    if (!needs('ebpf', 'bpf-build')) return;
    const out = newOutDir();
    const mechanisms = [...PLACED, ...ATTACHED].join(',');
    const args = `run --sut read-loop --mechanisms ${mechanisms} --forks 1 --blocks 1 --requests 600 --warmup 200 --seed 6`;
    const run = startCli([...argv(args), '--out', out]);
    const { exitCode, stderr } = await run.done;
    assert.is(exitCode, 0, stderr);
    const { parity, loss, warnings } = resultsIn(out);
    for (const row of parity) assert.ok(row.ok && row.ratio === 1, JSON.stringify(row));
    for (const { mechanism, lost } of loss) assert.is(lost, 0, mechanism);
    const counted = (source: string) =>
      [...new Set(parity.filter((row) => row.source === source).map(({ mechanism }) => mechanism))].sort();
    assert.equal(counted('load'), [...PLACED, ...ATTACHED].sort());
    assert.equal(counted('kernel'), [...PLACED].sort());
    const told = warnings.map(({ detail }) => detail).join('\n');
    assert.match(told, /bpf does not count the reads under seccomp-notify/);
    assert.match(told, /uprobe:symbol does not count the reads under sud/);
    assert.equal(await leftBehind(run), []);
  },
);

study.run();
