// A disk that fails once: in a real process whose fdatasync gives EIO (test/fixtures/failing-fdatasync.c).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, execaSync } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newResultsDir } from '../../helpers/stored-study.ts';

const dir = newResultsDir();
const LIBRARY = join(dir, 'failing.so');
const FLAG = join(dir, 'fail-next');
const SOURCE = fileURLToPath(new URL('../../fixtures/failing-fdatasync.c', import.meta.url));
const DISK = fileURLToPath(new URL('../../../controller/store/disk.ts', import.meta.url));
const HELPER = fileURLToPath(new URL('../../helpers/stored-study.ts', import.meta.url));
const compiled = execaSync('gcc', ['-shared', '-fPIC', '-o', LIBRARY, SOURCE, '-ldl'], { reject: false });

const CODE = `import { writeFileSync } from 'node:fs';
  import { createStudyStore } from ${JSON.stringify(DISK)};
  import { stepRecord } from ${JSON.stringify(HELPER)};
  const store = createStudyStore(${JSON.stringify(dir)}, 'study');
  const said = [];
  const attempt = async (work) => { try { await work(); said.push('ok'); } catch (e) { said.push(e.code + ': ' + e.message); } };
  const put = (node, step) => store.append(node, 'run-1', stepRecord('study', step));
  put('node-1', 0);
  put('node-2', 0);
  await attempt(() => store.sync());
  put('node-1', 1);
  writeFileSync(${JSON.stringify(FLAG)}, '');
  await attempt(() => store.sync());
  await attempt(() => store.sync());
  await attempt(() => put('node-1', 2));
  put('node-2', 1);
  await attempt(() => store.sync());
  const durable = [store.durable('node-1', 'run-1'), store.durable('node-2', 'run-1')];
  await attempt(() => store.close());
  console.log(JSON.stringify({ said, durable }));`;

const test = suite('a failed fdatasync');

test('is final for its segment: later syncs, appends and the close say so; another segment stays durable', async () => {
  if (compiled.exitCode !== 0) return void process.stdout.write('SKIP: needs gcc\n');
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', CODE], {
    env: { LD_PRELOAD: LIBRARY, FAILING_FDATASYNC: FLAG },
  });
  const { said, durable } = JSON.parse(stdout) as { said: string[]; durable: number[] };
  assert.not(existsSync(FLAG), 'it did fail once');
  assert.is(said[0], 'ok');
  for (const one of said.slice(1)) {
    assert.match(one, /^internal: .*node-1\.run-1\.seg could not be brought to the disk: EIO/);
  }
  assert.is(said.length, 6);
  assert.equal(durable, [1, 2]);
});

test('names of segments are injective', async () => {
  const { segmentName } = await import('../../../controller/store/segment-name.ts');
  const words = ['a', 'a.b', 'a_b', 'a b', 'a/b', 'a-b', '', '~', 'é', 'x'.repeat(60), 'x'.repeat(61), 'x'.repeat(62)];
  const crafted = segmentName('a.b', 'r').split('.')[0] ?? '';
  const names = [...words, crafted].flatMap((node) => words.map((run) => segmentName(node, run)));
  assert.is(new Set(names).size, names.length);
  assert.ok(names.every((name) => /^[A-Za-z0-9_~-]+\.[A-Za-z0-9_~-]+\.seg$/.test(name) && name.length < 200));
  assert.is(segmentName('vm-1', 'd0c9'), 'vm-1.d0c9.seg');
});

test.run();
