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
const put = (spool: Spool, bytes: Buffer, always = false) => spool.append(bytes, { samples: 1, always });
const HOT = 4 * 2 ** 20;

spools('records are read until they are acknowledged', () =>
  inFolder((dir) => {
    const spool = new Spool(join(dir, 'spool'), 2 ** 20);
    assert.is(spool.last, 0);
    assert.is(spool.read(1), null);
    for (let n = 1; n <= 10; n++) put(spool, record(n, n * 100));
    assert.is(spool.last, 10);
    assert.equal(spool.read(7), record(7, 700));
    assert.is(spool.lengthOf(7), 700);
    assert.is(spool.ack(4), 4, 'the samples in them');
    assert.is(spool.acked, 4);
    assert.is(spool.read(4), null);
    assert.equal(spool.read(5), record(5, 500));
    spool.ack(3);
    spool.ack(99);
    assert.is(spool.acked, 4, 'an old ack and one from the future change nothing');
    spool.ack(10);
    assert.is(spool.read(10), null);
    assert.is(spool.read(11), null);
    put(spool, record(11, 50));
    assert.equal(spool.read(11), record(11, 50));
    spool.close();
  }),
);

spools('the file has no name: nothing is left when the process is killed', () =>
  inFolder((dir) => {
    const path = join(dir, 'spool');
    const spool = new Spool(path, 1000);
    put(spool, record(1, 10));
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

spools('memory first, then the file as a ring, and never more than the bounds, whatever comes and goes', () =>
  inFolder((dir) => {
    const limit = 1_000_000;
    const { uniform } = random(5);
    const spool = new Spool(join(dir, 'spool'), limit);
    const there = new Map<number, Buffer>();
    let refused = 0;
    let onDisk = 0;
    for (let n = 1; n <= 6_000; n++) {
      const bytes = record(n, 1 + Math.floor(40_000 * uniform()));
      if (put(spool, bytes)) there.set(spool.last, bytes);
      else refused += 1;
      const { records, memoryBytes, diskBytes } = spool.depth;
      assert.is(records, there.size);
      assert.ok(memoryBytes <= HOT && diskBytes <= limit, `${memoryBytes} ${diskBytes}`);
      onDisk = Math.max(onDisk, diskBytes);
      // in waves, so that it is empty at times and full at others
      if (uniform() > 0.5 + 0.4 * Math.sin(n / 300)) continue;
      const upTo = Math.min(spool.last, spool.acked + Math.floor(4 * uniform()));
      for (let k = spool.acked + 1; k <= upTo; k++) {
        assert.ok(spool.read(k)?.equals(there.get(k)!), `record ${k}`);
        there.delete(k);
      }
      spool.ack(upTo);
    }
    assert.ok(refused > 50, `${refused} refused`);
    assert.ok(onDisk > 0.9 * limit, `${onDisk} bytes on disk`);
    for (const [sequence, bytes] of there) assert.ok(spool.read(sequence)?.equals(bytes));
    spool.ack(spool.last);
    assert.equal(spool.depth, { records: 0, memoryBytes: 0, diskBytes: 0 });
    spool.close();
  }),
);

spools('past the bounds small records are still kept, up to a reserve', () =>
  inFolder((dir) => {
    const spool = new Spool(join(dir, 'spool'), 100);
    assert.ok(put(spool, record(1, HOT)));
    assert.ok(put(spool, record(2, 100)));
    assert.not(put(spool, record(3, 1)));
    for (let n = 3; n <= 10; n++) assert.ok(put(spool, record(n, 2 ** 20), true));
    assert.not(put(spool, record(11, 1), true), 'also the reserve has an end');
    assert.equal(spool.read(10), record(10, 2 ** 20));
    spool.ack(1);
    assert.ok(put(spool, record(11, HOT)), 'what was acknowledged makes room');
    spool.close();
  }),
);

spools('the number of records is bounded, however small they are', () =>
  inFolder((dir) => {
    const spool = new Spool(join(dir, 'spool'), 2 ** 30);
    const small = record(1, 1);
    while (put(spool, small));
    assert.is(spool.last, 200_000);
    while (put(spool, small, true));
    assert.is(spool.last, 210_000);
    spool.ack(209_999);
    assert.is(spool.read(210_000)?.length, 1);
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
        assert.ok(put(spool, record(0, HOT)));
        const lengths = [40_000, 40_000, 5000, 90_000, 20];
        for (const [i, length] of lengths.entries()) assert.ok(put(spool, record(i + 2, length)));
        for (const [i, length] of lengths.entries()) assert.equal(spool.read(i + 2), record(i + 2, length));
        assert.not(put(spool, record(7, 33 * 2 ** 20)), 'more than what memory is kept for');
        assert.is(spool.last, 6, 'and is not there');
        spool.ack(2);
        assert.equal(spool.read(3), record(3, 40_000));
        assert.equal(spool.read(4), record(4, 5000));
        spool.ack(6);
        assert.is(spool.depth.diskBytes, 0);
        assert.ok(put(spool, record(7, HOT)));
        assert.ok(put(spool, record(8, 50_000)));
        assert.is(spool.depth.diskBytes, 50_000, 'the disk is used again');
        assert.equal(spool.read(8), record(8, 50_000));
      } finally {
        spool.close();
      }
    } finally {
      execFileSync('umount', [dir]);
    }
  }),
);

spools.run();
