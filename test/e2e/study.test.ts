/** A short real study: real bpftrace, a real JVM, real sockets; what is asserted is what the product measured. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readStudy } from '../../controller/store/read.ts';
import { scanRecords } from '../../controller/store/records.ts';
import type { Observation } from '../../proto/index.ts';
import { argv, endRuns, leftBehind, newOutDir, resultsIn, startCli, studyDir } from '../helpers/cli.ts';
import { needs } from '../helpers/require.ts';

const study = suite('e2e: a short study');
study.after.each(endRuns);
const ARGS = ['run', '--forks', '4', '--blocks', '2', '--requests', '3000', '--warmup', '1000', '--seed', '42'];

study('measures what was asked, in full, with parity and no loss', async () => {
  if (!needs('ebpf', 'java')) return;
  const out = newOutDir();
  const run = startCli([...ARGS, '--out', out]);
  const { exitCode, stdout, stderr } = await run.done;
  assert.is(exitCode, 0, stderr);
  const results = resultsIn(out);
  assert.is(results.schema, 'hookbench.results/v1');
  assert.is(results.study.status, 'complete');
  assert.is(results.study.seed, 42);
  const cells = results.comparisons.map((c) => `${c.sut} ${c.treated}`).sort();
  assert.equal(cells, [
    'java-hello bpftrace',
    'java-hello ld-preload',
    'node-hello bpftrace',
    'node-hello ld-preload',
    'read-loop bpftrace',
    'read-loop ld-preload',
  ]);
  for (const c of [...results.comparisons, ...results.aa.comparisons]) {
    assert.is(c.n, 2000, `n of ${c.sut} ${c.treated}`);
    assert.is(c.baselineN, 2000, `baseline n of ${c.sut} ${c.treated}`);
    assert.ok(
      c.block !== null && c.block.lowNs <= c.block.estimateNs && c.block.estimateNs <= c.block.highNs,
      `${c.sut} ${c.treated} has an interval`,
    );
    assert.is(c.block?.forks, 4);
    assert.not(
      c.flags.some((flag) => flag.code === 'incomplete' || flag.code === 'lost-samples' || flag.code === 'parity-miss'),
    );
  }
  assert.is(results.aa.comparisons.length, 6, 'A/A for each SUT and design');

  const parity = results.parity.map((row) => `${row.sut} ${row.mechanism} ${row.source}`).sort();
  for (const sut of ['java-hello', 'node-hello', 'read-loop']) {
    for (const row of [`${sut} bpftrace load`, `${sut} ld-preload load`, `${sut} ld-preload kernel`])
      assert.ok(parity.includes(row), row);
  }
  for (const row of results.parity) {
    assert.ok(row.ok, JSON.stringify(row));
    assert.is(row.ratio, 1);
    assert.is(row.seenReads, row.expectedReads, JSON.stringify(row));
    assert.ok(row.seenHits > 0 && row.seenHits < row.seenReads, 'both payload kinds were sent');
  }
  assert.ok(results.loss.length > 0);
  for (const row of results.loss) assert.is(row.lost, 0, JSON.stringify(row));

  // the micro benchmark's hooks cost hundreds of ns and a few µs: both must be found, whatever the machine is doing
  for (const treated of ['ld-preload', 'bpftrace']) {
    const micro = results.comparisons.find((c) => c.sut === 'read-loop' && c.treated === treated);
    assert.ok(micro !== undefined && micro.medianShiftNs > 0, `${treated} adds something to read-loop's median`);
  }
  assert.ok(results.inside.some((view) => view.vantage === 'interposer' && view.stats.n > 0));
  assert.ok(results.inside.some((view) => view.vantage === 'kernel' && view.stats.n > 0));
  assert.is(results.recommendations.length, 10);

  assert.match(stdout, /A\/A/);
  assert.match(stdout, /report\.html/);
  const html = readFileSync(join(studyDir(out), 'report.html'), 'utf8');
  assert.ok(html.includes('<svg') && html.includes(results.study.id));
  assert.equal(await leftBehind(run), []);
  checkStoredOrder(studyDir(out));
  checkStoredObservations(studyDir(out));
  rmSync(out, { recursive: true });
});

study('the same seed gives the same order', async () => {
  if (!needs('java')) return;
  const plans: unknown[] = [];
  for (const seed of ['5', '5', '6']) {
    const out = newOutDir();
    const args = argv(
      `run --sut read-loop --mechanisms ld-preload --forks 2 --blocks 2 --requests 3000 --seed ${seed}`,
    );
    const { exitCode, stderr } = await startCli([...args, '--out', out, '--json']).done;
    assert.is(exitCode, 0, stderr);
    plans.push((JSON.parse(readFileSync(join(studyDir(out), 'plan.json'), 'utf8')) as { nodes: unknown }).nodes);
    assert.ok(existsSync(join(studyDir(out), 'samples')));
    rmSync(out, { recursive: true });
  }
  assert.equal(plans[0], plans[1]);
  assert.not.equal(plans[0], plans[2]);
});

/** the arms in the stored samples came in the order the plan says */
function checkStoredOrder(dir: string): void {
  const plan = JSON.parse(readFileSync(join(dir, 'plan.json'), 'utf8')) as {
    nodes: {
      forks: {
        fork: number;
        instances: { id: number; arm: number; sut: string }[];
        steps: { index: number; design: string; slices: { sut: string; order: string }[] }[];
      }[];
    }[];
  };
  const fork = plan.nodes[0]!.forks.find((candidate) => candidate.fork === 1)!;
  const step = fork.steps.find(
    (candidate) =>
      candidate.design === 'alternated' && candidate.index > 2 && candidate.slices[0]!.sut === 'node-hello',
  )!;
  const armOf = new Map(fork.instances.map((instance) => [instance.id, instance.arm]));
  const planned = [...Buffer.from(step.slices[0]!.order, 'base64')].map(
    (byte) => `${armOf.get(byte & 0x3f)} ${byte >> 7}`,
  );
  const batches = readStudy(dir).batches.filter(
    (batch) => batch.fork === 1 && batch.step === step.index && batch.vantage === 'client',
  );
  const stored = batches.flatMap((batch) =>
    [...batch.arm].flatMap((arm, i) => ((batch.flags[i]! & 2) === 0 ? [`${arm} ${batch.flags[i]! & 1}`] : [])),
  );
  assert.equal(stored, planned);
}

/** one of each SUT and fork, with what its reads were for in the first */
function checkStoredObservations(dir: string): void {
  const seen: Observation[] = [];
  scanRecords(dir, ({ record }) => {
    if (record.body === 'observation') seen.push(record.observation);
  });
  const cells = seen.map(({ sut, fork }) => `${sut} ${fork}`).sort();
  assert.equal(
    cells,
    ['java-hello', 'node-hello', 'read-loop'].flatMap((sut) => [0, 1, 2, 3].map((fork) => `${sut} ${fork}`)),
  );
  for (const { sut, fork, measuredMs, slicedMs, loadEnd, sutEnd, path, tenants, limits, reads } of seen) {
    assert.ok(slicedMs > 0 && slicedMs < measuredMs, `${sut} ${slicedMs} of ${measuredMs} ms`);
    assert.is(loadEnd?.netNamespace, sutEnd?.netNamespace);
    assert.equal([path.acceptedBy, path.route], ['sut', 'loopback']);
    assert.is(tenants.stealShare.missing, '');
    assert.is(limits.sutRunQueueShare.missing, '');
    assert.is(reads !== undefined, fork === 0);
    if (reads === undefined) continue;
    assert.is(reads.missing, '');
    const sockets = reads.calls.find(({ call, kind }) => call === 'read' && kind === 'socket');
    assert.ok((sockets?.calls ?? 0) >= reads.requests && reads.requests > 0, JSON.stringify(reads));
  }
}

study.run();
