// One list of studies, whether there is an index or not; without one, only what has changed is read again.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type KnownRows, listStudies, stateOf } from '../../../controller/store/list-studies.ts';
import { openResults } from '../../../controller/store/results-folder.ts';
import { metaOf, newResultsDir, storedStudy } from '../../helpers/stored-study.ts';

const test = suite('list of studies');

test('a folder without an index is read once, and again where a file changed', () => {
  const dir = newResultsDir();
  for (const id of ['a', 'b']) storedStudy(dir, id);
  rmSync(join(dir, '.hookbench'), { recursive: true, force: true });
  const known: KnownRows = new Map();
  const first = listStudies(dir, known);
  assert.equal(first, listStudies(dir));
  // what is remembered is what is told, as long as the files are as they were
  for (const [id, { fingerprint, row }] of known) known.set(id, { fingerprint, row: { ...row, action: 'remembered' } });
  const actions = () => listStudies(dir, known).map(({ id, action }) => `${id} ${action}`);
  assert.equal(actions(), ['b remembered', 'a remembered']);
  writeFileSync(join(dir, 'a', 'study.json'), JSON.stringify(metaOf('a', { action: 'trace' })));
  assert.equal(actions(), ['b remembered', 'a trace']);
  rmSync(join(dir, 'b'), { recursive: true });
  assert.equal(actions(), ['a trace']);
  assert.equal([...known.keys()], ['a'], 'forgotten');
});

test('an index gives the same rows', () => {
  const dir = newResultsDir();
  for (const id of ['a', 'b']) storedStudy(dir, id);
  rmSync(join(dir, '.hookbench'), { recursive: true, force: true });
  const without = listStudies(dir);
  openResults(dir, { exclusive: false, say: () => undefined }).close();
  const counted = listStudies(dir).map((row) => ({ ...row, samples: null }));
  assert.equal(
    counted,
    without.map((row) => ({ ...row, samples: null })),
  );
  assert.equal(without[0]?.kernels.length, 1);
});

test('a study is what its folder says', () => {
  const dir = newResultsDir();
  mkdirSync(join(dir, 'left'));
  writeFileSync(join(dir, 'left', 'study.json'), JSON.stringify(metaOf('left')));
  mkdirSync(join(dir, 'odd'));
  writeFileSync(join(dir, 'odd', 'study.json'), '{');
  const states = new Map(listStudies(dir).map((study) => [study.id, stateOf(study)]));
  assert.equal([states.get('left'), states.get('odd')], ['left behind', 'unreadable']);
});

test.run();
