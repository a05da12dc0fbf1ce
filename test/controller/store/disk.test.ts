import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createStudyStore } from '../../../controller/store/disk.ts';
import { replaceFile } from '../../../controller/store/replace-file.ts';
import { newOutDir } from '../../helpers/cli.ts';

const out = newOutDir();
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

const note = { sequence: 1, studyId: 's', assignmentId: 's/n/process/0', body: 'note' } as const;
const record = { ...note, note: { code: 'x', detail: 'y'.repeat(1000) } };

/** runs with a tmpfs of 64 KiB; false where this machine allows no mount */
function onSmallDisk(work: (dir: string) => void): boolean {
  const dir = join(out, 'small');
  mkdirSync(dir);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir]).status !== 0) return false;
  try {
    work(dir);
  } finally {
    spawnSync('umount', ['-l', dir]);
    rmSync(dir, { recursive: true, force: true });
  }
  return true;
}

const disk = suite('store on disk');

disk('replaceFile replaces the whole file and leaves nothing beside it', () => {
  const dir = join(out, 'replace');
  mkdirSync(dir);
  replaceFile(join(dir, 'a.json'), 'a longer text');
  replaceFile(join(dir, 'a.json'), 'µ');
  assert.is(readFileSync(join(dir, 'a.json'), 'utf8'), 'µ');
  assert.equal(readdirSync(dir), ['a.json']);
});

disk('replaceFile that fails leaves the old file', () => {
  const dir = join(out, 'taken');
  mkdirSync(join(dir, 'a.json'), { recursive: true });
  assert.throws(() => replaceFile(join(dir, 'a.json'), 'new'), /EISDIR|ENOTEMPTY/);
  assert.equal(readdirSync(dir), ['a.json']);
});

disk('on a full disk the old file stays, and there is no half of the new one', () => {
  const done = onSmallDisk((dir) => {
    const path = join(dir, 'study.json');
    replaceFile(path, 'old');
    assert.throws(() => replaceFile(path, 'n'.repeat(200_000)), /ENOSPC/);
    assert.is(readFileSync(path, 'utf8'), 'old');
    assert.equal(readdirSync(dir), ['study.json']);
    replaceFile(path, 'new');
    assert.is(readFileSync(path, 'utf8'), 'new');
  });
  if (!done) process.stdout.write('SKIP: needs mount\n');
});

disk('a store on a full disk refuses, and goes on when there is room again', () => {
  const done = onSmallDisk((dir) => {
    writeFileSync(join(dir, 'ballast'), '');
    const store = createStudyStore(dir, 'study');
    assert.throws(() => writeFileSync(join(dir, 'ballast'), 'b'.repeat(200_000)), /ENOSPC/);
    assert.throws(() => store.append('node-1', 'run-1', record), /ENOSPC/);
    rmSync(join(dir, 'ballast'));
    store.append('node-1', 'run-1', record);
    store.close();
    assert.ok(readFileSync(join(store.dir, 'samples', 'node-1.run-1.seg')).length > 1000);
  });
  if (!done) process.stdout.write('SKIP: needs mount\n');
});

disk('hostile names of agents stay inside the samples folder', () => {
  const store = createStudyStore(out, 'hostile');
  const names = ['../../../escaped', '/etc/escaped', '..', '.', 'a\0b', 'é\n\n', 'x'.repeat(5000), ''];
  for (const name of names) store.append(name, `../${name}`, record);
  store.close();
  const files = readdirSync(join(out, 'hostile', 'samples'));
  assert.is(files.length, names.length);
  assert.ok(
    files.every((name) => /^[A-Za-z0-9_~-]+\.[A-Za-z0-9_~-]+\.seg$/.test(name)),
    files.join(),
  );
  assert.not(existsSync(join(out, 'escaped')));
});

disk('a study never writes into the folder of another', () => {
  createStudyStore(out, 'twice').close();
  assert.throws(() => createStudyStore(out, 'twice'), /EEXIST/);
});

disk.run();
