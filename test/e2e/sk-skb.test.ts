/** sk-skb in a short real study that blocks: nothing leaks, what holds no keyword is served, and every segment is accounted for. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { argv, endRuns, leftBehind, newOutDir, resultsIn, startCli } from '../helpers/cli.ts';
import { needs } from '../helpers/require.ts';

const study = suite('e2e: sk-skb');
study.after.each(endRuns);

study('block: what has a keyword is dropped in the kernel, what has none is served and timed', async () => {
  if (!needs('ebpf', 'bpf-build')) return;
  const out = newOutDir();
  const args =
    'run --action block --sut node-hello --mechanisms sk-skb --forks 1 --blocks 2 --requests 600 --warmup 200 --seed 4';
  const run = startCli([...argv(args), '--out', out]);
  const { exitCode, stderr } = await run.done;
  assert.is(exitCode, 0, stderr);
  const results = resultsIn(out);
  const [row, ...others] = results.blocking;
  assert.equal(others, []);
  assert.equal([row!.mechanism, row!.leaked, row!.denied, row!.ok], ['sk-skb', 0, 0, true]);
  assert.ok(row!.refused > 150 && row!.served > 300, JSON.stringify(row));
  const parity = results.parity.filter(({ mechanism }) => mechanism === 'sk-skb');
  assert.ok(parity.length > 0 && parity.every(({ ok, ratio, seenHits }) => ok && ratio === 1 && seenHits > 0));
  for (const { lost, mechanism } of results.loss) assert.is(lost, 0, mechanism);
  const inside = results.inside.find(({ mechanism }) => mechanism === 'sk-skb');
  assert.ok(inside !== undefined && inside.stats.minNs > 0 && inside.vantage === 'kernel');
  const compared = results.comparisons.find(({ treated }) => treated === 'sk-skb');
  assert.ok(compared !== undefined && compared.n === compared.baselineN && compared.n > 150);
  assert.match(results.warnings.map(({ detail }) => detail).join('\n'), /counts segments of TCP, not reads/);
  assert.equal(await leftBehind(run), []);
});

study.run();
