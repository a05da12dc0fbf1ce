/** The actions trace and block in short real studies: what the programs under test say they saw, what was reported, what it cost to say so. */

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readStudy } from '../../controller/store/read.ts';
import { argv, endRuns, leftBehind, newOutDir, resultsIn, startCli, studyDir } from '../helpers/cli.ts';
import { needs } from '../helpers/require.ts';

const actions = suite('e2e: trace and block');
actions.after.each(endRuns);
const SMALL = '--forks 1 --blocks 1 --requests 700 --warmup 300 --seed 9';

actions('block: the programs never see a request with a keyword and serve every one without', async () => {
  if (!needs('java')) return;
  const out = newOutDir();
  const [seen, study, words] = ['seen', 'study', 'words.txt'].map((name) => join(out, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(seen);
  // the programs run as a user of their own
  chmodSync(out, 0o755);
  chmodSync(seen, 0o777);
  writeFileSync(words, 'first-word\nprobe-word\nthird-word\n');
  const env = { HOOKBENCH_SUT_SEEN: seen, HOOKBENCH_SUT_KEYWORD: 'probe-word' };
  const args = `run --action block --errno EACCES --sut java-hello,node-hello --mechanisms ld-preload,ld-preload:simd ${SMALL}`;
  const run = startCli([...argv(args), '--keywords', words, '--out', study], { env });
  const { exitCode, stderr, stdout } = await run.done;
  assert.is(exitCode, 0, stderr);
  const results = resultsIn(study);
  assert.is(results.study.timed, 'requests without a keyword');
  assert.is(results.study.blockErrno, 'EACCES');
  assert.is(results.blocking.length, 4, 'two SUTs with two libraries each');
  for (const row of results.blocking) {
    assert.ok(row.ok, JSON.stringify(row));
    assert.equal([row.leaked, row.denied], [0, 0]);
    assert.ok(row.refused > 300 && row.served > 600, JSON.stringify(row));
  }
  for (const sut of ['java-hello', 'node-hello']) {
    const told = readdirSync(seen)
      .filter((name) => name.startsWith(sut))
      .map(
        (name) =>
          /requests=(\d+) keyword=(\d+) hooked=(\w+)(?: errors=(\S*))?/.exec(readFileSync(join(seen, name), 'utf8'))!,
      );
    const hooked = told.filter((line) => line[3] === 'true');
    assert.equal([told.length, hooked.length], [4, 2], `${sut}: none twice, the library twice`);
    const served = results.blocking.filter((row) => row.sut === sut).map((row) => row.served);
    assert.equal(hooked.map((line) => Number(line[1])).sort(), served.sort(), `${sut}: what was served is what it saw`);
    for (const line of hooked) assert.is(line[2], '0', `${sut} saw a request with a keyword`);
    if (sut === 'node-hello') for (const line of hooked) assert.is(line[4], 'EACCES', 'what its reads failed with');
    for (const line of told.filter((one) => one[3] === 'false')) assert.ok(Number(line[2]) > 300, line[0]);
  }
  for (const c of [...results.comparisons, ...results.aa.comparisons]) {
    assert.equal([c.n, c.baselineN], [200, 200], 'requests without a keyword');
    assert.is(c.byPayload.hit, null);
    assert.not(c.flags.some((flag) => flag.code === 'block-failed' || flag.code === 'parity-miss'));
  }
  for (const row of results.parity) assert.ok(row.ok, JSON.stringify(row));
  assert.match(stdout, /Only requests without a keyword are timed/);
  const html = readFileSync(join(studyDir(study), 'report.html'), 'utf8');
  assert.match(html, /block \(a read with a keyword fails with EACCES\)/);
  assert.equal(await leftBehind(run), []);
  rmSync(out, { recursive: true });
});

actions(
  'trace: each match once, kept or counted as dropped, with process and keyword; no byte of a request is stored',
  async () => {
    if (!needs('ebpf')) return;
    const out = newOutDir();
    const args = `run --action trace --sut node-hello,read-loop --mechanisms ld-preload,bpftrace ${SMALL}`;
    const run = startCli([...argv(args), '--out', out]);
    const { exitCode, stderr } = await run.done;
    assert.is(exitCode, 0, stderr);
    const results = resultsIn(out);
    const dir = studyDir(out);
    assert.equal(results.traces.map((row) => `${row.sut} ${row.mechanism}`).sort(), [
      'node-hello bpftrace',
      'node-hello ld-preload',
      'read-loop bpftrace',
      'read-loop ld-preload',
    ]);
    for (const row of results.traces) {
      const source = results.parity.filter(
        (p) => p.sut === row.sut && p.mechanism === row.mechanism && p.source === 'load',
      );
      const hits = source.reduce((sum, p) => sum + p.seenHits, 0);
      assert.is(row.matches, hits, `${row.sut} ${row.mechanism}: every hit is a match`);
      assert.is(row.kept + row.dropped, row.matches);
      assert.ok(row.kept > 0);
      assert.is(row.keywords.length, 1, 'the load generator sends one keyword');
    }
    const [one, ...others] = results.traces.map((row) => row.keywords[0]!.keyword);
    assert.ok(one !== undefined && one.length > 2 && others.every((word) => word === one), 'all name the same keyword');
    assert.ok(results.traces.find((row) => row.sut === 'read-loop' && row.mechanism === 'bpftrace')!.dropped > 0);
    const lines = readFileSync(join(dir, 'traces.csv'), 'utf8').trim().split('\r\n');
    assert.is(
      lines.length - 1,
      results.traces.reduce((sum, row) => sum + row.kept, 0),
    );
    assert.ok(lines.slice(1).every((line) => line.endsWith(`,${one}`)));
    const pids = readStudy(dir).traces.map((batch) => [...new Set(batch.pid)]);
    assert.ok(pids.every((distinct) => distinct.length <= 1 && (distinct[0] ?? 2) > 1));
    for (const row of results.loss) assert.is(row.lost, 0, JSON.stringify(row));
    for (const file of readdirSync(join(dir, 'samples'))) {
      assert.not(readFileSync(join(dir, 'samples', file), 'latin1').includes('HTTP/1.1'), 'no request bytes');
    }
    assert.equal(await leftBehind(run), []);
    rmSync(out, { recursive: true });
  },
);

actions.run();
