/** A vendor's own hooks on the bench: a study file, hooks from a folder, one with our ring, one without and a script, and a gate on each. */

import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { endRuns, newOutDir, resultsIn, runCli, studyDir } from '../helpers/cli.ts';
import { buildOwn, ownScript } from '../helpers/own-hook.ts';
import { needs } from '../helpers/require.ts';

const dir = newOutDir();
// SUTs run as a user of their own, which must reach the hooks
chmodSync(dir, 0o755);
const out = join(dir, 'out');
mkdirSync(join(dir, 'hooks'), { mode: 0o755 });
buildOwn('example', join(dir, 'hooks', 'vendor.so'));
buildOwn('silent', join(dir, 'hooks', 'plain.so'));
const scripts = needs('ebpf') ? ['own:script'] : [];
if (scripts.length > 0) copyFileSync(ownScript, join(dir, 'hooks', 'script.bt'));
const outside = ['own:plain', ...scripts];
const study = join(dir, 'vendor.yaml');
writeFileSync(
  study,
  `schema: hookbench.study-file/v1
sut: [read-loop]
mechanisms: [${['own:vendor', ...outside].join(', ')}]
hooks-dir: hooks
requests: 3000
warmup-floor: 400
forks: 9
blocks: 1
seed: 5
out: out
gate:
  max: ['own:vendor:read-loop:caller:p50<1s', ${outside.map((id) => `'${id}:caller:p50<1s'`).join(', ')}]
`,
);

const vendor = suite('a hook of one’s own');
vendor.after.each(endRuns);

vendor('is measured as ours are where it writes the ring; else only the clocks outside are claimed', async () => {
  const { exitCode, stderr, stdout } = await runCli(['run', study, '--forks', '2']);
  assert.is(exitCode, 0, stderr);
  const results = resultsIn(out);
  assert.is(results.study.forks, 2);
  assert.is(results.study.seed, 5);
  const of = (id: string) => results.mechanisms.find((entry) => entry.id === id);
  for (const [id, file] of [
    ['own:vendor', 'vendor.so'],
    ['own:plain', 'plain.so'],
    ...scripts.map((id) => [id, 'script.bt'] as const),
  ] as const) {
    const sha256 = createHash('sha256')
      .update(readFileSync(join(dir, 'hooks', file)))
      .digest('hex');
    assert.is(of(id)?.sha256, sha256);
    const told = [...(of(id)?.manner ?? []), ...results.warnings.map(({ detail }) => detail)];
    assert.ok(
      told.some((text) => text.includes(sha256)),
      id,
    );
    assert.ok(
      results.comparisons.some(({ treated, vantage }) => treated === id && vantage === 'caller'),
      id,
    );
  }
  const parity = results.parity.filter(({ mechanism }) => mechanism.startsWith('own:'));
  assert.equal(
    parity.map(({ mechanism, ratio, ok }) => [mechanism, ratio, ok]),
    [['own:vendor', 1, true]],
  );
  assert.ok(parity[0]!.seenHits > 0, 'its scan finds keywords');
  assert.ok(
    results.loss.some(({ mechanism, lost, received }) => mechanism === 'own:vendor' && lost === 0 && received > 0),
  );
  assert.not(results.loss.some(({ mechanism }) => outside.includes(mechanism)));
  assert.equal([...new Set(results.inside.map(({ mechanism }) => mechanism))], ['own:vendor']);
  const warnings = results.warnings.map(({ detail }) => detail).join('\n');
  for (const id of outside)
    assert.match(warnings, new RegExp(`${id} .*does not write our ring: .*parity is not known`));
  assert.not.match(warnings, /own:vendor does not/);
  assert.match(warnings, /vendor\.yaml \(sha256 [0-9a-f]{64}\); --forks wins over its forks 9/);
  assert.match(stdout, /own:plain/);
});

vendor('is held to the budgets of its study file', async () => {
  const { stdout } = await runCli(['gate', studyDir(out), '--study', study, '--json']);
  const { rows } = JSON.parse(stdout) as { rows: { mechanism: string; limitNs: number; vantage: string }[] };
  assert.equal(
    rows.map(({ mechanism, limitNs, vantage }) => [mechanism, limitNs, vantage]),
    [['own:vendor', 1e9, 'caller'], ...outside.map((id) => [id, 1e9, 'caller'])],
  );
});

vendor('a folder of ours is not for agents of another’s controller', async () => {
  const { exitCode, stderr } = await runCli(['run', study, '--controller', '127.0.0.1:1', '--token-file', study]);
  assert.is(exitCode, 2);
  assert.match(stderr, /--hooks-dir .* is for an agent on this host, not for those of 127\.0\.0\.1:1/);
});

vendor.run();
