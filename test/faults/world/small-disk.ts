/** A disk of a few hundred KiB that can be filled and emptied: a tmpfs of our own. */

import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './host.ts';
import type { World } from './undo.ts';

const CHUNK = Buffer.alloc(16 * 1024, 1);

export class SmallDisk {
  readonly dir: string;

  constructor(world: World, dir: string, kib: number) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    command('mount', '-t', 'tmpfs', '-o', `size=${kib}k,mode=700`, 'tmpfs', dir);
    // lazily: a process that was just killed may still be closing its files
    world.later(`the disk ${dir}`, () => void command('umount', '-l', dir));
  }

  fill(): void {
    const fd = openSync(join(this.dir, 'filler'), 'w');
    for (let size = CHUNK.length; size > 0; ) {
      try {
        writeSync(fd, CHUNK, 0, size);
      } catch {
        size = Math.floor(size / 2);
      }
    }
    closeSync(fd);
  }

  free(): void {
    rmSync(join(this.dir, 'filler'), { force: true });
  }
}
