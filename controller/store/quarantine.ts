/** Bytes that can't be read as what they should be are moved beside, never deleted:
 *
 *     STUDY/quarantine/FILE@OFFSET.bytes   what was taken out, as it was
 *     STUDY/quarantine/log.jsonl           one line for each: when, file, offset, bytes, why, records known to be missing since */

import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from './replace-file.ts';

export interface Stretch {
  /** byte offset in the file */
  readonly at: number;
  readonly bytes: number;
  readonly why: string;
}

export interface Quarantined extends Stretch {
  readonly when: string;
  /** below the study's folder */
  readonly file: string;
  /** where the bytes are now, below the study's folder; null where they were nothing but zeros */
  readonly keptIn: string | null;
  /** sequences that are missing from the segment since: from, to */
  readonly missing: readonly (readonly [number, number])[];
}

const CHUNK_BYTES = 1024 * 1024;

/** Copies a stretch aside and notes it; durable when it returns. The file itself is left as it is.
 * @param dir folder of the study; `file` below it
 * @throws ErrnoException ENOSPC, …: nothing may be taken out of the file then */
export function setAside(
  dir: string,
  file: string,
  stretch: Stretch,
  missing: Quarantined['missing'] = [],
): Quarantined {
  const folder = join(dir, 'quarantine');
  mkdirSync(folder, { recursive: true });
  const { at, bytes, why } = stretch;
  const name = freeName(folder, `${basename(file)}@${at}.bytes`);
  const hasBytes = copyStretch(join(dir, file), join(folder, name), stretch);
  const keptIn = hasBytes ? join('quarantine', name) : null;
  const entry: Quarantined = { when: new Date().toISOString(), file, at, bytes, why, keptIn, missing };
  const log = join(folder, 'log.jsonl');
  appendFileSync(log, `${JSON.stringify(entry)}\n`, { mode: 0o640 });
  const fd = openSync(log, 'r');
  fsyncSync(fd);
  closeSync(fd);
  syncFolder(folder);
  syncFolder(dir);
  return entry;
}

/** Sets the end of a file aside and cuts it off. @throws ErrnoException: the file is as it was */
export function cutTail(dir: string, file: string, tail: Stretch): Quarantined {
  const entry = setAside(dir, file, tail);
  const path = join(dir, file);
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, tail.at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncFolder(dirname(path));
  return entry;
}

/** what was set aside in a study so far; lines that can't be read are passed over */
export function quarantined(dir: string): Quarantined[] {
  const log = join(dir, 'quarantine', 'log.jsonl');
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as Quarantined];
      } catch {
        return [];
      }
    });
}

/** @returns false where the stretch holds nothing but zeros: a hole that a crash left, of which there is nothing to keep */
function copyStretch(from: string, to: string, { at, bytes }: Stretch): boolean {
  const source = openSync(from, 'r');
  const target = openSync(to, 'w', 0o640);
  try {
    const end = Math.min(at + bytes, fstatSync(source).size);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let isZero = true;
    for (let done = at; done < end; ) {
      const read = readSync(source, chunk, 0, Math.min(CHUNK_BYTES, end - done), done);
      if (read === 0) break;
      isZero &&= chunk.subarray(0, read).every((byte) => byte === 0);
      for (let out = 0; out < read; ) out += writeSync(target, chunk, out, read - out);
      done += read;
    }
    fsyncSync(target);
    return !isZero;
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

/** a name that nothing in the folder has */
export function freeName(folder: string, wanted: string): string {
  let name = wanted;
  for (let n = 2; existsSync(join(folder, name)); n++) name = `${wanted}.${n}`;
  return name;
}
