/** The application and the runtime layer of a Node program in a short real study: what it says it saw, parity, loss and the hooks' own time. */

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { argv, endRuns, leftBehind, newOutDir, resultsIn, startCli } from '../helpers/cli.ts';
import { buildAddon } from '../helpers/node-addon.ts';

buildAddon();
const layers = suite('e2e: layers of a Node program');
layers.after.each(endRuns);
const MECHANISMS = ['app-filter', 'node-preload'];
const SMALL = '--forks 1 --blocks 1 --requests 700 --warmup 300 --seed 9';

layers('block: filter and runtime refuse what holds a keyword, see each request once, and lose nothing', async () => {
  const out = newOutDir();
  const [seen, study, words] = [join(out, 'seen'), join(out, 'study'), join(out, 'words.txt')];
  mkdirSync(seen);
  // the programs run as a user of their own
  chmodSync(out, 0o755);
  chmodSync(seen, 0o777);
  writeFileSync(words, 'first-word\nprobe-word\nthird-word\n');
  const env = { HOOKBENCH_SUT_SEEN: seen, HOOKBENCH_SUT_KEYWORD: 'probe-word' };
  const args = `run --action block --errno EACCES --sut node-hello --mechanisms ${MECHANISMS.join()} ${SMALL}`;
  const run = startCli([...argv(args), '--keywords', words, '--out', study], { env });
  const { exitCode, stderr } = await run.done;
  assert.is(exitCode, 0, stderr);
  const results = resultsIn(study);
  assert.equal(
    results.blocking.map(({ sut, mechanism, ok, leaked, denied }) => [sut, mechanism, ok, leaked, denied]).sort(),
    MECHANISMS.map((mechanism) => ['node-hello', mechanism, true, 0, 0]),
  );
  const told = readdirSync(seen).map(
    (name) => /requests=(\d+) keyword=(\d+) hooked=(\w+) errors=(\S*)/.exec(readFileSync(join(seen, name), 'utf8'))!,
  );
  const hooked = told.filter((line) => line[3] === 'true');
  assert.equal([told.length, hooked.length], [4, 2]);
  for (const line of hooked) assert.equal([line[2], line[4]], ['0', 'EACCES'], 'nothing with a keyword was answered');
  assert.equal(hooked.map((line) => Number(line[1])).sort(), results.blocking.map(({ served }) => served).sort());
  assert.is(results.parity.length, 2);
  for (const row of results.parity) {
    assert.ok(row.ok && row.ratio === 1 && row.seenHits > 300, JSON.stringify(row));
    assert.is(row.seenReads, row.expectedReads, 'one count for each request');
    assert.is(row.seenBytes > 0, row.mechanism === 'node-preload');
  }
  for (const row of results.loss) assert.is(row.lost, 0, JSON.stringify(row));
  const inside = results.inside.filter(({ vantage }) => vantage === 'interposer');
  assert.equal(inside.map(({ mechanism }) => mechanism).sort(), MECHANISMS);
  for (const { stats } of inside) assert.ok(stats.minNs > 0, JSON.stringify(stats));
  assert.equal(await leftBehind(run), []);
  rmSync(out, { recursive: true });
});

layers.run();
