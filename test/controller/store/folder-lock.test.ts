/** Two real processes and one results folder. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lockFolder, readHolder } from '../../../controller/store/folder-lock.ts';
import { sqlite } from '../../../controller/store/sqlite.ts';

const MODULE = fileURLToPath(new URL('../../../controller/store/folder-lock.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hookbench-test-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** a process that holds the lock until it is killed, refers to it nowhere, and collects its garbage; resolves when it has done so */
async function otherHolder(): Promise<{ pid: number; kill: () => Promise<unknown> }> {
  const code = `import { lockFolder } from ${JSON.stringify(MODULE)};
    lockFolder(${JSON.stringify(folder)});
    setTimeout(() => { gc(); setTimeout(() => console.log('held'), 50); }, 50);
    setInterval(() => {}, 1000);`;
  const flags = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval'];
  const child = execa(process.execPath, [...flags, code], { reject: false });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    pid: child.pid ?? 0,
    kill: () => {
      child.kill('SIGKILL');
      return child;
    },
  };
}

const lock = suite('lock of a results folder');

lock(
  'the second one is told who has it and what to do; a lock of a process that was killed is taken over',
  async () => {
    if (sqlite() === null) return void process.stdout.write('SKIP: needs better-sqlite3 compiled\n');
    const other = await otherHolder();
    try {
      assert.throws(
        () => lockFolder(folder),
        (error: Error & { code?: string; nextStep?: string }) =>
          error.code === 'busy' &&
          error.message.includes(`in use by the controller with pid ${other.pid} on`) &&
          error.nextStep?.includes(`kill ${other.pid}`) === true &&
          error.nextStep.includes('--out'),
      );
    } finally {
      await other.kill();
    }
    const taken = lockFolder(folder);
    assert.is(taken?.takenFrom?.pid, other.pid);
    assert.throws(() => lockFolder(folder), new RegExp(`pid ${process.pid} `));
    taken?.release();
  },
);

lock('let go, it is free, and nobody is named', () => {
  const first = lockFolder(folder);
  first?.release();
  assert.is(readHolder(folder), null);
  const second = lockFolder(folder);
  assert.is(second?.takenFrom ?? null, null);
  second?.release();
});

lock.run();
