/** Two conditions in one short real study: what is asserted is what was measured and seen, and that nothing is left. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../controller/analysis/results.ts';
import { argv, DAEMON, endRuns, leftBehind, newOutDir, resultsIn, startCli, studyDir } from '../helpers/cli.ts';
import { heldAfterAll, holdersOf, netNamespaceOf, ownDevices } from '../helpers/namespaces.ts';
import { needs } from '../helpers/require.ts';
import { isServing } from '../helpers/serving.ts';

const conditions = suite('e2e: conditions');
conditions.after.each(endRuns);
const BOTH = argv('run --conditions process,netns --sut read-loop,node-hello --mechanisms ld-preload,bpf');

conditions('process and netns in one study: interleaved, whole, in parity, placed as asked, and compared', async () => {
  if (!needs('netns', 'bpf-build')) return;
  const out = newOutDir();
  const run = startCli([...BOTH, ...argv('--forks 2 --blocks 1 --requests 1100 --warmup 300 --seed 2'), '--out', out]);
  const { exitCode, stdout, stderr } = await run.done;
  assert.is(exitCode, 0, stderr);
  const results = resultsIn(out);
  assert.is(results.study.status, 'complete');
  assert.equal(results.study.conditions, ['process', 'netns']);
  const order = orderIn(out);
  for (const [i, fork] of [0, 1].entries())
    assert.equal(
      order.slice(2 * i, 2 * i + 2).sort(),
      [`${fork} netns`, `${fork} process`],
      'side by side in each fork',
    );
  checkMeasured(results);
  checkPlaced(results);

  const tables = results.interactions ?? [];
  // with two starts of each SUT one A/A in twenty is not clean, and what it stands for is not compared then
  const cells = ['read-loop', 'node-hello'].flatMap((sut) =>
    ['ld-preload', 'bpf'].map((treated) => ({ sut, treated })),
  );
  const valid = cells.filter(({ sut, treated }) =>
    results.comparisons.every((row) => row.sut !== sut || row.treated !== treated || row.verdict !== 'invalid'),
  );
  assert.is(tables.length, valid.length, 'one for each SUT and design');
  assert.ok(valid.length >= 2, JSON.stringify(results.aa));
  for (const { factor, levels, contrasts } of tables) {
    assert.equal([factor, levels], ['condition', ['process', 'netns']]);
    const [contrast] = contrasts;
    assert.ok(
      contrast !== undefined && contrast.lowNs <= contrast.estimateNs && contrast.estimateNs <= contrast.highNs,
    );
    assert.equal([contrast.from, contrast.to], ['process', 'netns']);
  }
  assert.match(stdout, /does the overhead depend on the condition\? F\(/);
  assert.match(stdout, /read-loop · netns · /);
  assert.match(stdout, /read-loop · process · /);
  assert.equal(await leftBehind(run), []);
  assert.equal(await ownDevices(), []);
  rmSync(out, { recursive: true });
});

conditions(
  'an agent that is killed in netns: the namespaces go with it, and the next start finds all in order',
  async () => {
    if (!needs('netns')) return;
    const out = newOutDir();
    const long = argv(
      'run --conditions netns --sut read-loop --mechanisms ld-preload --forks 20 --blocks 5 --requests 90000',
    );
    const run = startCli([...long, '--warmup', '1000', '--out', out]);
    const sut = await run.child(/build\/sut\/read-loop/, (_, pid) => isServing(pid));
    const load = await run.child(/build\/hookbench-load/);
    const spaces = [sut, load].map(netNamespaceOf);
    assert.is(new Set([...spaces, netNamespaceOf(process.pid)]).size, 3);
    for (const space of spaces) assert.ok(holdersOf(space).length > 0);
    process.kill(await run.child(DAEMON.agent), 'SIGKILL');
    const { exitCode, stderr } = await run.done;
    assert.is(exitCode, 1, stderr);
    assert.match(stderr, /agent .* did not come back/);
    assert.equal(run.children(/./), [], 'no process is left');
    for (const space of spaces) assert.equal(await heldAfterAll(space), []);
    assert.equal(await ownDevices(), []);

    const again = newOutDir();
    const brief = argv('run --conditions netns --sut read-loop --mechanisms ld-preload --forks 1 --blocks 1');
    const next = startCli([...brief, ...argv('--requests 2000 --warmup 200'), '--out', again]);
    const ended = await next.done;
    assert.is(ended.exitCode, 0, ended.stderr);
    for (const row of resultsIn(again).parity) assert.ok(row.ok && row.condition === 'netns', JSON.stringify(row));
    assert.equal([...(await leftBehind(run)), ...(await leftBehind(next))], [], 'folders of both are gone');
    assert.equal(await ownDevices(), []);
    for (const dir of [out, again]) rmSync(dir, { recursive: true });
  },
);

/** both conditions in full, both mechanisms in front of the same reads, no loss */
function checkMeasured(results: Results): void {
  const cells = results.comparisons.map((c) => `${c.condition} ${c.sut} ${c.treated} ${c.n} ${c.baselineN}`);
  const wanted = ['netns', 'process'].flatMap((condition) =>
    ['node-hello', 'read-loop'].flatMap((sut) =>
      ['bpf', 'ld-preload'].map((treated) => `${condition} ${sut} ${treated} 800 800`),
    ),
  );
  assert.equal(cells.sort(), wanted);
  assert.is(results.aa.comparisons.length, 8, 'A/A for each condition, SUT and design');
  for (const condition of ['process', 'netns']) {
    const rows = results.parity.filter((row) => row.condition === condition);
    assert.equal(
      [...new Set(rows.map(({ sut, mechanism, source }) => `${sut} ${mechanism} ${source}`))].sort(),
      ['node-hello', 'read-loop'].flatMap((sut) => [
        `${sut} bpf load`,
        `${sut} ld-preload kernel`,
        `${sut} ld-preload load`,
      ]),
    );
    for (const row of rows) assert.equal([row.ok, row.ratio, row.seenReads > 0], [true, 1, true], JSON.stringify(row));
  }
  assert.ok(results.loss.length > 0);
  for (const row of results.loss) assert.is(row.lost, 0, JSON.stringify(row));
  // a hook on the read itself costs hundreds of ns, wherever the bytes came from
  for (const c of results.comparisons.filter((one) => one.sut === 'read-loop' && one.treated === 'ld-preload'))
    assert.ok(c.medianShiftNs > 0, `${c.condition}: ${c.medianShiftNs} ns`);
}

function checkPlaced(results: Results): void {
  for (const { condition, sut, ends, path } of results.observations ?? []) {
    const where = `${sut} in ${condition}`;
    const isApart = condition === 'netns';
    assert.ok(ends.length > 0, where);
    for (const pair of ends) {
      assert.is(pair.sut.netNamespace !== pair.load.netNamespace, isApart, where);
      assert.is(pair.sut.mountNamespace, pair.load.mountNamespace, where);
    }
    assert.equal([path.route, path.deviceKind], isApart ? ['link', 'veth'] : ['loopback', 'loopback'], where);
    assert.equal([path.acceptedBy, path.missing], ['sut', []], where);
  }
  assert.is(results.observations?.length, 4);
  const evidence = Object.fromEntries(results.recommendations.map((row) => [row.id, row.evidence]));
  assert.match(evidence.R1 ?? '', /in netns: SUT and load generator in the same .*, another network namespace/);
  assert.match(evidence.R2 ?? '', /in netns: load on .*, one network device away \(hbl\d+, veth\)/);
  assert.match(evidence.R10 ?? '', /2 environments: .* in (process|netns), .* in (process|netns)/);
}

/** forks in the order in which they were run */
function orderIn(out: string): string[] {
  const plan = JSON.parse(readFileSync(join(studyDir(out), 'plan.json'), 'utf8')) as {
    nodes: { forks: { fork: number; condition: string }[] }[];
  };
  return plan.nodes[0]!.forks.map(({ fork, condition }) => `${fork} ${condition}`);
}

conditions.run();
