/** Atomic, durable replacement of files. */

import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Written beside, synced, renamed, the folder synced: a reader sees the old file or the new one, never half of it, and so does one after
 * a power failure. */
export function replaceFile(path: string, content: string | Buffer): void {
  const beside = `${path}.${process.pid}.new`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  // a link of that name, in a folder from elsewhere, would be written through
  rmSync(beside, { force: true });
  const fd = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    let done = 0;
    while (done < bytes.length) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
    renameSync(beside, path);
    syncFolder(dirname(path));
  } finally {
    closeSync(fd);
    rmSync(beside, { force: true });
  }
}

/** makes the names in a folder durable */
export function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
