/** Containers among the conditions of one short real study: what is asserted is what was measured and seen, and that nothing is left. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../controller/analysis/results.ts';
import { argv, DAEMON, endRuns, leftBehind, newOutDir, resultsIn, startCli, studyDir } from '../helpers/cli.ts';
import { containersAfterAll, engineUp, ownContainers } from '../helpers/engine.ts';
import { needs } from '../helpers/require.ts';

const docker = suite('e2e: docker');
const engine = await engineUp();
docker.after.each(endRuns);
docker.after(engine.stop);
const CONDITIONS = ['docker', 'docker:bridge', 'process'];
const SIZE = argv('--requests 1100 --warmup 300');
const LONG = argv('run --conditions docker:bridge --sut read-loop --mechanisms ld-preload --forks 20 --blocks 5');

docker(
  'beside process in one study: both mechanisms see every read in each condition, and each is placed as asked',
  async () => {
    if (!needs('docker', 'bpf-build')) return;
    const out = newOutDir();
    const words = argv('--sut read-loop --mechanisms ld-preload,bpf --action trace --forks 1 --blocks 2');
    const run = startCli(['run', '--conditions', CONDITIONS.join(), ...words, ...SIZE, '--out', out]);
    const agent = await run.child(DAEMON.agent);
    const { exitCode, stderr } = await run.done;
    assert.is(exitCode, 0, stderr);
    const results = resultsIn(out);
    assert.is(results.study.status, 'complete');
    checkMeasured(results);
    checkPlaced(results);
    checkPids(out);
    assert.equal(await leftBehind(run), []);
    assert.equal(await containersAfterAll(agent), []);
    rmSync(out, { recursive: true });
  },
);

docker('Ctrl-C: the containers go with the study', async () => {
  if (!needs('docker')) return;
  const out = newOutDir();
  const run = startCli([...LONG, ...argv('--requests 90000 --warmup 1000'), '--out', out]);
  const agent = await running(run);
  process.kill(run.pid, 'SIGINT');
  assert.is((await run.done).exitCode, 4);
  assert.equal(await leftBehind(run), []);
  assert.equal(await containersAfterAll(agent), []);
  rmSync(out, { recursive: true });
});

/** until its containers are there @returns the agent's pid */
async function running(run: ReturnType<typeof startCli>): Promise<number> {
  const agent = await run.child(DAEMON.agent);
  // two SUTs for the A/A arm, two for the library, the load generator, and who holds the network
  for (let i = 0; i < 400 && (await ownContainers(agent)).length < 5; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok((await ownContainers(agent)).length >= 5);
  return agent;
}

function checkMeasured({ comparisons, parity, loss }: Results): void {
  const cells = comparisons.map((c) => `${c.condition} ${c.sut} ${c.treated}`).sort();
  const wanted = CONDITIONS.flatMap((condition) =>
    ['bpf', 'ld-preload'].map((treated) => `${condition} read-loop ${treated}`),
  );
  assert.equal(cells, wanted);
  for (const condition of CONDITIONS)
    for (const source of ['bpf load', 'ld-preload kernel', 'ld-preload load'])
      assert.ok(
        parity.some((row) => row.condition === condition && `${row.mechanism} ${row.source}` === source),
        `${condition}: ${source}`,
      );
  for (const row of parity) assert.equal([row.ok, row.ratio, row.seenReads > 0], [true, 1, true], JSON.stringify(row));
  assert.ok(loss.length > 0);
  for (const row of loss) assert.is(row.lost, 0, JSON.stringify(row));
  for (const c of comparisons)
    assert.ok(c.medianShiftNs > 0, `${c.condition} ${c.treated}: ${c.medianShiftNs} ns on the read itself`);
}

function checkPlaced({ observations = [], recommendations }: Results): void {
  assert.is(observations.length, CONDITIONS.length);
  for (const { condition: where, ends, path } of observations) {
    const isDocker = where.startsWith('docker');
    const isApart = where === 'docker:bridge';
    assert.ok(ends.length > 0, where);
    for (const pair of ends) {
      for (const end of [pair.sut, pair.load]) assert.is(/^[0-9a-f]{12}$/.test(end.container), isDocker, where);
      assert.is(pair.sut.container !== pair.load.container, isDocker, where);
      assert.is(pair.sut.pidNamespace !== pair.load.pidNamespace, isDocker, where);
      assert.is(pair.sut.netNamespace !== pair.load.netNamespace, isApart, where);
    }
    assert.equal(
      [path.route, path.deviceKind],
      isApart ? ['link', 'veth to bridge docker0'] : ['loopback', 'loopback'],
      where,
    );
    assert.equal([path.acceptedBy, path.missing], ['sut', []], where);
  }
  const evidence = Object.fromEntries(recommendations.map((row) => [row.id, row.evidence]));
  assert.match(
    evidence.R2 ?? '',
    /in docker:bridge: load on .*, one network device away \(eth0, veth to bridge docker0\)/,
  );
}

/** A hook inside a container knows its process by another number than the kernel: what is reported is the kernel's. */
function checkPids(out: string): void {
  const rows = readFileSync(join(studyDir(out), 'traces.csv'), 'utf8')
    .trim()
    .split('\n');
  const [head, ...matches] = rows.map((row) => row.split(','));
  const column = (name: string) => head!.indexOf(name);
  const pidsOf = (condition: string, mechanism: string) =>
    new Set(
      matches
        .filter((row) => row[column('condition')] === condition && row[column('mechanism')] === mechanism)
        .map((row) => row[column('pid')]!),
    );
  for (const condition of CONDITIONS) {
    const [inside, kernel] = [pidsOf(condition, 'ld-preload'), pidsOf(condition, 'bpf')];
    assert.ok(inside.size > 0, condition);
    for (const pid of inside) assert.ok(kernel.has(pid), `${condition}: ${pid} among ${[...kernel]}`);
  }
}

docker.run();
