// A results folder with real processes: who holds it, what a killed one leaves behind, and what the next one makes of it.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listStudies } from '../../../controller/store/list-studies.ts';
import { readMeta } from '../../../controller/store/meta.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { isBeingWritten, openResults, type ResultsFolder } from '../../../controller/store/results-folder.ts';
import { sqlite } from '../../../controller/store/sqlite.ts';
import {
  leftBehind,
  metaOf,
  newResultsDir,
  STEPS,
  segmentPath,
  stepRecord,
  storedStudy,
} from '../../helpers/stored-study.ts';

const HELPER = fileURLToPath(new URL('../../helpers/stored-study.ts', import.meta.url));
const MODULE = fileURLToPath(new URL('../../../controller/store/results-folder.ts', import.meta.url));

function opened(dir: string, exclusive = false): { folder: ResultsFolder; told: string[] } {
  const told: string[] = [];
  return { folder: openResults(dir, { exclusive, say: (line) => told.push(line) }), told };
}

/** A process that opens the folder and writes study `id`, syncing after each of `steps` records; then waits to be killed. */
async function writer(dir: string, o: { exclusive: boolean; id: string; steps: number }) {
  const code = `import { openResults } from ${JSON.stringify(MODULE)};
    import { metaOf, planOf, stepRecord } from ${JSON.stringify(HELPER)};
    const folder = openResults(${JSON.stringify(dir)}, { exclusive: ${o.exclusive}, say: () => undefined });
    const { store } = folder.create(${JSON.stringify(o.id)});
    store.saveMeta(metaOf(${JSON.stringify(o.id)}));
    store.savePlan(planOf());
    for (let step = 0; step < ${o.steps}; step++) {
      store.append('node-1', 'run-1', stepRecord(${JSON.stringify(o.id)}, step));
      await store.sync();
    }
    console.log(store.durable('node-1', 'run-1'));
    setInterval(() => {}, 1000);`;
  const child = execa(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], { reject: false });
  const durable = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(Number(text)));
    child.then(({ stderr }) => reject(new Error(stderr)));
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await child;
  };
  return { pid: child.pid ?? 0, durable, kill };
}

const test = suite('results folder');

if (sqlite() === null) process.stdout.write('SKIP: needs better-sqlite3 compiled\n');
else {
  test('a study under way is left alone; killed, it is interrupted and keeps what was durable', async () => {
    const dir = newResultsDir();
    const other = await writer(dir, { exclusive: true, id: 'a', steps: 3 });
    try {
      assert.is(other.durable, 3);
      assert.throws(() => opened(dir, true), new RegExp(`in use by the controller with pid ${other.pid} `));
      const beside = opened(dir);
      assert.equal([beside.told, readMeta(join(dir, 'a')).status], [[], 'running']);
      assert.is(isBeingWritten(dir, 'a'), true);
      assert.is(listStudies(dir)[0]?.isBeingWritten, true);
      assert.throws(() => beside.folder.create('a'), /being written by another/);
      beside.folder.create('b').release();
      beside.folder.close();
    } finally {
      await other.kill();
    }
    appendFileSync(segmentPath(join(dir, 'a')), 'half a frame');
    const { folder, told } = opened(dir, true);
    assert.match(told.join('\n'), new RegExp(`controller with pid ${other.pid} `));
    assert.match(
      told.join('\n'),
      'study a was running when its controller ended; it is interrupted now, with 3 records and 120 samples',
    );
    assert.match(told.join('\n'), /node-1\.run-1\.seg: cut off 12 bytes .* kept in quarantine/);
    const [recovered] = folder.recovered;
    assert.equal([recovered?.was, recovered?.cuts[0]?.bytes, recovered?.runs[0]?.records], ['running', 12, 3]);
    assert.is(folder.durable('node-1', 'run-1'), 3);
    assert.is(folder.durable('node-1', 'run-2'), 0);
    const study = readStudy(join(dir, 'a'));
    assert.equal([study.status, study.batches.length], ['interrupted', 3]);
    assert.is(listStudies(dir).find(({ id }) => id === 'a')?.samples, 120);
    folder.close();
    assert.equal(opened(dir).told, [], 'said once');
  });

  test('damage in the middle is told and left: the records behind it are measurements', () => {
    const dir = newResultsDir();
    const path = segmentPath(leftBehind(dir, 'a'));
    const whole = readFileSync(path);
    const damaged = Buffer.from(whole);
    damaged[60] = 255 - (damaged[60] as number);
    writeFileSync(path, damaged);
    const { folder, told } = opened(dir);
    assert.match(told.join('\n'), /is damaged at byte 8 .* fsck .* --repair/);
    assert.is(readFileSync(path).length, whole.length);
    assert.is(folder.durable('node-1', 'run-1'), 0, 'nothing is there with everything before it');
    folder.close();
  });

  test('an index that is missing, damaged or of another version is made again', () => {
    const dir = newResultsDir();
    storedStudy(dir, 'a');
    storedStudy(dir, 'b');
    const ids = () => {
      const { folder } = opened(dir);
      const durable = folder.durable('node-1', 'run-1');
      folder.close();
      return [listStudies(dir).map(({ id }) => id), durable];
    };
    const right = [['b', 'a'], STEPS];
    const index = join(dir, '.hookbench', 'index.db');
    assert.equal(ids(), right);
    rmSync(index);
    assert.equal(ids(), right);
    writeFileSync(index, 'this is no database'.repeat(1000));
    assert.equal(ids(), right);
    const Sqlite = sqlite();
    if (Sqlite === null) throw new Error('no sqlite');
    const database = new Sqlite(index);
    database.exec('DROP TABLE runs; PRAGMA user_version = 99');
    database.close();
    assert.equal(ids(), right);
    rmSync(join(dir, 'b'), { recursive: true });
    assert.equal(ids(), [['a'], STEPS]);
  });

  test('the index never says what the folder does not', () => {
    const dir = newResultsDir();
    storedStudy(dir, 'a');
    opened(dir).folder.close();
    const path = join(dir, 'a', 'study.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"complete"', '"failed"'));
    assert.is(listStudies(dir)[0]?.status, 'failed');
    rmSync(join(dir, '.hookbench'), { recursive: true });
    const [row] = listStudies(dir);
    assert.equal([row?.status, row?.hasResults, row?.suts, row?.problem], ['failed', true, ['java-hello'], '']);
    assert.not(existsSync(join(dir, '.hookbench')), 'a list changes nothing');
    writeFileSync(path, '{"schema":"hookbench.study/v9"}');
    assert.match(listStudies(dir)[0]?.problem ?? '', /schema hookbench\.study\/v9/);
  });

  test('what a run wrote is known without reading it again', async () => {
    const dir = newResultsDir();
    const { folder } = opened(dir);
    const { store, noted, release } = folder.create('a');
    store.saveMeta(metaOf('a'));
    for (let step = 0; step < 4; step++) store.append('node-1', 'run-1', stepRecord('a', step));
    await store.sync();
    store.append('node-1', 'run-1', stepRecord('a', 4));
    assert.is(store.durable('node-1', 'run-1'), 4, 'the fifth is not on disk yet');
    store.close();
    noted();
    release();
    assert.is(listStudies(dir)[0]?.samples, 200);
    assert.is(store.durable('node-1', 'run-1'), 5, 'true after close too');
    assert.is(folder.durable('node-1', 'run-1'), 5);
    const next = folder.create('b');
    assert.is(next.store.durable('node-1', 'run-1'), 5, 'the run goes on in the next study');
    next.release();
    assert.equal(readdirSync(join(dir, '.hookbench', 'running')), []);
    folder.close();
  });

  test('a folder that was made and never planned is removed, a young one is not', () => {
    const dir = newResultsDir();
    for (const id of ['20261123-000000-aaaa', '20261123-000000-bbbb'])
      mkdirSync(join(dir, id, 'samples'), { recursive: true });
    utimesSync(join(dir, '20261123-000000-aaaa'), 0, 0);
    const { folder, told } = opened(dir);
    folder.close();
    assert.equal(told, ['20261123-000000-aaaa was made and never planned: removed']);
    assert.ok(existsSync(join(dir, '20261123-000000-bbbb')));
  });
}

test.run();
