/** A short real study in a SUT pod, whose containers have pid namespaces of their own: kernel probes report the pids of the first one, hooks
 * inside those of theirs, and both must be seen to be the same process. */

import { rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { argv, endRuns, leftBehind, newOutDir, resultsIn, startCli } from '../helpers/cli.ts';
import { needs } from '../helpers/require.ts';
import { fakePod } from '../helpers/sut-pod.ts';

const study = suite('e2e: condition pod');
study.after.each(endRuns);
const NODE = `test-${process.pid}`;

study('library and kernel hooks see every read of the SUT in a pod, and where it ran is observed', async () => {
  if (!needs('netns', 'ebpf', 'bpf-build')) return;
  const pod = await fakePod({ node: NODE });
  const out = newOutDir();
  try {
    const command = argv(
      'run --conditions pod --sut read-loop --mechanisms ld-preload,bpf,bpftrace --forks 1 --blocks 1',
    );
    const env = { HOOKBENCH_NODE_NAME: NODE };
    const run = startCli([...command, ...argv('--requests 1100 --warmup 300 --seed 2'), '--out', out], { env });
    const { exitCode, stderr } = await run.done;
    assert.is(exitCode, 0, stderr);
    const results = resultsIn(out);
    assert.is(results.study.status, 'complete');
    const rows = results.parity.map(({ mechanism, source, ok, ratio, seenReads }) => {
      assert.equal([ok, ratio, seenReads > 0], [true, 1, true], `${mechanism} by ${source}: ${ratio} of ${seenReads}`);
      return `${mechanism} ${source}`;
    });
    for (const row of ['ld-preload load', 'ld-preload kernel', 'bpf load', 'bpftrace load'])
      assert.ok(rows.includes(row), row);
    for (const row of results.loss) assert.is(row.lost, 0, JSON.stringify(row));
    const library = results.comparisons.find(({ treated }) => treated === 'ld-preload');
    assert.ok(library !== undefined && library.n > 0 && library.baselineStats.p50Ns > 0);

    const [seen] = results.observations ?? [];
    const [ends] = seen?.ends ?? [];
    assert.equal([ends?.sut.podUid, ends?.load.podUid], [pod.uid, pod.uid]);
    assert.equal([ends?.sut.pod, ends?.sut.node], [pod.name, NODE]);
    assert.equal(
      [ends?.sut.container, ends?.load.container],
      [pod.containers.sut.slice(0, 12), pod.containers.load.slice(0, 12)],
    );
    assert.is.not(ends?.sut.pidNamespace, ends?.load.pidNamespace);
    assert.equal([seen?.path.route, seen?.path.acceptedBy, seen?.path.missing], ['loopback', 'sut', []]);
    const [first, second] = results.recommendations;
    assert.equal([first?.status, second?.status], ['met', 'met'], `${first?.evidence} ${second?.evidence}`);
    assert.equal(await leftBehind(run), []);
  } finally {
    await pod.stop();
    rmSync(out, { recursive: true });
  }
});

study.run();
