/** Programs from the distribution in a real study: nginx, whose worker reads, and PostgreSQL, which forks for each connection. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SUTS } from '../../agent/suts/registry.ts';
import { endRuns, newOutDir, resultsIn, runCli } from '../helpers/cli.ts';
import { needs } from '../helpers/require.ts';

const study = suite('a study of programs from the distribution');
study.after.each(endRuns);

const APPS = ['nginx', 'postgres'];
const found = await Promise.all(
  SUTS.filter(({ id }) => APPS.includes(id)).map(async (sut) => ({ id: sut.id, ...(await sut.probe()) })),
);
const there = found.filter(({ support }) => support === 'supported').map(({ id }) => id);
for (const { id, support, found: why } of found) if (support !== 'supported') console.log(`skipped: ${id}: ${why}`);
const hasKernel = needs('ebpf', 'bpf-build');
const functions = ['read', 'recv', 'recvfrom'];

if (there.length > 0) {
  study('each hook that goes with it sees every read, the first of each connection included', async () => {
    const out = newOutDir();
    const { exitCode, stderr } = await runCli([
      ...['run', '--sut', there.join(), '--mechanisms', hasKernel ? 'ld-preload,bpf' : 'ld-preload'],
      ...['--functions', functions.join(), '--requests', '400', '--warmup', '100', '--forks', '1', '--blocks', '1'],
      ...['--seed', '4', '--out', out],
    ]);
    assert.is(exitCode, 0, stderr);
    const results = resultsIn(out);
    const expected = there.flatMap((sut) =>
      (hasKernel && sut === 'nginx' ? [`${sut} bpf`] : []).concat(`${sut} ld-preload`),
    );
    const whole = results.parity.filter(({ ok, ratio }) => ok && ratio === 1);
    assert.equal([...new Set(whole.map(({ sut, mechanism }) => `${sut} ${mechanism}`))].sort(), expected.sort());
    assert.is(whole.length, results.parity.length, JSON.stringify(results.parity));
    assert.ok(whole.every(({ seenReads, seenHits }) => seenReads >= 20 && seenHits >= 10));
    for (const one of whole) {
      // seeing more than there was passes as parity; here nothing else is read
      const { expectedReads, expectedBytes, expectedHits } = one;
      assert.equal([one.seenReads, one.seenBytes, one.seenHits], [expectedReads, expectedBytes, expectedHits]);
    }
    assert.ok(results.loss.every(({ lost }) => lost === 0));
    assert.ok(results.inside.length >= there.length && results.inside.every(({ stats }) => stats.p50Ns > 0));
    if (hasKernel && there.includes('postgres'))
      assert.match(
        results.warnings.map(({ detail }) => detail).join('\n'),
        /bpf on postgres: it forks a process for each/,
      );
    for (const { sut, reads } of results.observations ?? []) {
      if (reads === undefined || reads.calls === null) continue;
      const received = reads.calls.find(({ call, kind }) => call === 'recvfrom' && kind === 'socket')?.calls ?? 0;
      assert.ok(received >= reads.requests, `${sut} reads by recv: the census says so`);
    }
  });
}

study.run();
