// The end of a study on a full disk is stored as soon as there is room.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createStudyStore } from '../../../controller/store/disk.ts';
import { readMeta } from '../../../controller/store/meta.ts';
import { StudyLife } from '../../../controller/study/life.ts';
import { SmallDisk } from '../../faults/world/small-disk.ts';
import { World } from '../../faults/world/undo.ts';
import { needs } from '../../helpers/require.ts';
import { META } from '../../helpers/stored.ts';

const AT = '2026-11-23T00:01:00.000Z';
const life = suite('life of a study on disk');

life('its end waits for room, says so once, and is given up when there is none in time', async () => {
  if (!needs('root')) return;
  const world = new World();
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-test-life-'));
  try {
    const disk = new SmallDisk(world, join(dir, 'small'), 64);
    const store = createStudyStore(disk.dir, 'study');
    const study = new StudyLife({ store, noted: () => undefined, release: () => undefined }, { ...META, id: 'study' });
    const waits: string[] = [];
    const end = (mostMs: number) =>
      study.end({ status: 'complete', finishedAt: AT }, { mostMs, waiting: ({ code }) => waits.push(code) });
    disk.fill();
    const failure = await end(300).catch((error: NodeJS.ErrnoException) => error.code);
    assert.equal([failure, readMeta(store.dir).status], ['ENOSPC', 'running']);
    const waiting = end(60_000);
    setTimeout(() => disk.free(), 250);
    await waiting;
    assert.equal([waits, readMeta(store.dir).status], [['disk-full', 'disk-full'], 'complete']);
  } finally {
    await world.close();
    rmSync(dir, { recursive: true, force: true });
  }
});

life.run();
