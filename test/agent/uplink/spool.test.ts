import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Spool } from '../../../agent/uplink/spool.ts';
import { random } from '../../helpers/random.ts';

const spools = suite('spool');

function inFolder(work: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-spool-'));
  try {
    work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const record = (n: number, length: number) => Buffer.alloc(length, n);

spools('records are read until they are acknowledged', () =>
  inFolder((dir) => {
    const spool = new Spool(join(dir, 'spool'), 2 ** 20);
    assert.is(spool.last, 0);
    assert.is(spool.read(1), null);
    for (let n = 1; n <= 10; n++) spool.append(record(n, n * 100));
    assert.is(spool.last, 10);
    assert.equal(spool.read(7), record(7, 700));
    spool.ack(4);
    assert.is(spool.acked, 4);
    assert.is(spool.read(4), null);
    assert.equal(spool.read(5), record(5, 500));
    spool.ack(3);
    spool.ack(99);
    assert.is(spool.acked, 4, 'an old ack and one from the future change nothing');
    spool.ack(10);
    assert.is(spool.read(10), null);
    assert.is(spool.read(11), null);
    spool.append(record(11, 50));
    assert.equal(spool.read(11), record(11, 50));
    spool.close();
  }),
);

spools('the file has no name: nothing is left when the process is killed', () =>
  inFolder((dir) => {
    const path = join(dir, 'spool');
    const spool = new Spool(path, 1000);
    spool.append(record(1, 10));
    assert.not(existsSync(path));
    spool.close();
  }),
);

spools('a file or link that is there already is not used', () =>
  inFolder((dir) => {
    writeFileSync(join(dir, 'there'), 'mine');
    symlinkSync(join(dir, 'there'), join(dir, 'link'));
    for (const name of ['there', 'link']) assert.throws(() => new Spool(join(dir, name), 1000), /EEXIST/);
    assert.is(statSync(join(dir, 'there')).size, 4);
  }),
);

spools('the bound counts what is not acknowledged, also when there is always something under way', () =>
  inFolder((dir) => {
    const spool = new Spool(join(dir, 'spool'), 10_000);
    for (let n = 1; n <= 10; n++) {
      assert.not(spool.full(1000));
      spool.append(record(n, 1000));
    }
    assert.ok(spool.full(1));
    const { uniform } = random(5);
    spool.ack(6);
    for (let n = 11; n <= 2000; n++) {
      const length = 1 + Math.floor(1000 * uniform());
      assert.not(spool.full(length), `${spool.last - spool.acked} records under way`);
      spool.append(record(n, length));
      spool.ack(n - 3);
      for (let k = n - 2; k <= n; k++) assert.is(spool.read(k)?.[0], k % 256);
      if (n > 20) assert.not(spool.full(1000));
    }
    spool.close();
  }),
);

spools('past the bound small records are still kept', () =>
  inFolder((dir) => {
    const spool = new Spool(join(dir, 'spool'), 100);
    spool.append(record(1, 100));
    assert.ok(spool.full(1));
    spool.appendAlways(record(2, 30));
    assert.equal(spool.read(2), record(2, 30));
    spool.close();
  }),
);

const mounts = process.getuid?.() === 0;
(mounts ? spools : spools.skip)('a full disk: records stay in memory, are read and acknowledged all the same', () =>
  inFolder((dir) => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir]);
    try {
      const spool = new Spool(join(dir, 'spool'), 2 ** 30);
      try {
        const lengths = [40_000, 40_000, 5000, 90_000, 20];
        for (const [i, length] of lengths.entries()) spool.append(record(i + 1, length));
        for (const [i, length] of lengths.entries()) assert.equal(spool.read(i + 1), record(i + 1, length));
        const big = record(6, 33 * 2 ** 20);
        assert.throws(() => spool.append(big), /ENOSPC/, 'more than what memory is kept for');
        assert.is(spool.last, 5, 'and is not there');
        spool.appendAlways(big);
        assert.is(spool.read(6)?.length, big.length);
        spool.ack(1);
        assert.equal(spool.read(2), record(2, 40_000));
        assert.equal(spool.read(3), record(3, 5000));
        spool.ack(6);
        assert.is(spool.last, 6);
        spool.append(record(7, 50_000));
        assert.equal(spool.read(7), record(7, 50_000), 'the disk is used again');
        spool.ack(7);
      } finally {
        spool.close();
      }
    } finally {
      execFileSync('umount', [dir]);
    }
  }),
);

spools.run();
