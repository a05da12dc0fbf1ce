/** The SUT on one node and the load generator on another, which are network namespaces here: real agents, certificates and studies. */

import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resultsIn } from '../helpers/cli.ts';
import { until } from '../helpers/daemons.ts';
import { needs } from '../helpers/require.ts';
import { TwoNodes } from '../helpers/two-nodes.ts';

const nodes = suite('e2e: conditions nodes');
const STUDY = 'run --conditions nodes:host --seed 2';

nodes(
  'a study across nodes: whole, in parity, placed as asked, and it goes on when a load agent is killed',
  async () => {
    if (!needs('netns', 'bpf-build')) return;
    const world = await TwoNodes.start();
    try {
      await world.agent(0);
      const refused = await world.cli(`${STUDY} --mechanisms ld-preload --forks 1`);
      assert.is(refused.exitCode, 3, refused.stderr);
      assert.match(refused.stderr, /nodes:host needs a load generator in a host network on another node than node-1/);

      const lender = await world.lender(1);
      const brief = await world.cli(
        `${STUDY} --sut read-loop --mechanisms ld-preload,bpf --forks 1 --blocks 1 --requests 1100 --warmup 300`,
      );
      assert.is(brief.exitCode, 0, brief.stderr);
      checkMeasured(world);
      rmSync(world.study(), { recursive: true });

      await world.lender(1, 'node-3');
      const long = world.cli(
        `${STUDY} --sut node-hello --mechanisms ld-preload --forks 2 --blocks 4 --requests 20000 --warmup 500`,
      );
      await until('the second use', () =>
        lender.stderr.match(/node-1 uses a load generator/g)?.length === 2 ? true : null,
      );
      // into the first fork, which takes longer
      await sleep(1_200);
      lender.signal('SIGKILL');
      const { exitCode, stderr } = await long;
      assert.is(exitCode, 0, stderr);
      checkRepeated(world);
      const checked = await world.local(`fsck ${world.out}`);
      assert.is(checked.exitCode, 0, checked.stdout + checked.stderr);
    } finally {
      await world.close();
    }
  },
);

function checkMeasured({ out, nodes: [sutNode, loadNode] }: TwoNodes): void {
  const results = resultsIn(out);
  assert.is(results.study.status, 'complete');
  const rows = results.parity.map(({ mechanism, source, ok, ratio, seenReads }) => {
    assert.equal([ok, ratio, seenReads > 0], [true, 1, true], `${mechanism} by ${source}: ${ratio} of ${seenReads}`);
    return `${mechanism} ${source}`;
  });
  assert.equal(rows.sort(), ['bpf load', 'ld-preload kernel', 'ld-preload load']);
  assert.ok(results.loss.length > 0);
  for (const row of results.loss) assert.is(row.lost, 0, JSON.stringify(row));
  for (const { n, baselineN, node } of results.comparisons)
    assert.equal([n, baselineN, node], [800, 800, sutNode.name]);
  const [seen] = results.observations ?? [];
  const [ends] = seen?.ends ?? [];
  assert.equal([ends?.sut.node, ends?.load.node], [sutNode.name, loadNode.name]);
  assert.is.not(ends?.sut.netNamespace, ends?.load.netNamespace);
  assert.equal([seen?.path.route, seen?.path.deviceKind, seen?.path.acceptedBy], ['link', 'veth', 'sut']);
  assert.equal(seen?.path.missing, []);
  assert.match(JSON.stringify(seen?.limits.loadRunQueueShare), /on another node/, 'nothing here is taken for it');
}

/** the first fork was cut off, another one took its place on the other load generator, and the result says so */
function checkRepeated({ out }: TwoNodes): void {
  const results = resultsIn(out);
  assert.is(results.study.status, 'complete');
  const [told] = results.warnings.filter(({ code }) => code === 'fork-repeated');
  assert.match(
    told?.detail ?? JSON.stringify(results.warnings),
    /^fork [12] in nodes:host on node-1 was not measured to its end \(the load generator on node-2 was lost: .*\); what it had sent is kept, and fork 3 takes its place$/,
  );
  const loads = results.observations?.flatMap(({ ends }) => ends.map(({ load }) => load.node)) ?? [];
  assert.ok(loads.includes('node-3'), loads.join());
  for (const row of results.parity) assert.ok(row.ok, JSON.stringify(row));
  for (const row of results.loss) assert.is(row.lost, 0, JSON.stringify(row));
}

nodes.run();
