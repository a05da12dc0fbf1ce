/** Which C library a program runs on: its ELF file names the dynamic linker (PT_INTERP) that starts it. */

import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { locatedProgram } from './programs.ts';

export type Libc = 'glibc' | 'musl';

const ELF = '\x7fELF';
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const PT_INTERP = 3;
const HEADER_BYTES = 64;
const LONGEST_PATH = 4096;
/** program headers that are looked at: a few dozen at most in any real program */
const MOST_HEADERS = 256;
/** of a header of the 64-bit format: type, and offset and size of what it tells */
const ENTRY_BYTES = 56;

/** @param file a program, by its path or by its name on the PATH
 * @returns null for a script, a static program, or what can't be read: then nobody can tell by the file */
export function libcOf(file: string): Libc | null {
  const path = locatedProgram(file);
  const linker = path === null ? null : basename(dynamicLinker(path) ?? '');
  if (linker === null || linker === '') return null;
  return linker.startsWith('ld-musl-') ? 'musl' : linker.startsWith('ld-linux') ? 'glibc' : null;
}

function dynamicLinker(path: string): string | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    return interpreter((offset, bytes) => {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(fd, buffer, 0, bytes, offset));
    });
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

/** @throws RangeError for a file that is cut off */
function interpreter(read: (offset: number, bytes: number) => Buffer): string | null {
  const header = read(0, HEADER_BYTES);
  if (header.toString('latin1', 0, 4) !== ELF || header[4] !== CLASS_64 || header[5] !== LITTLE_ENDIAN) return null;
  const table = Number(header.readBigUInt64LE(32));
  const entryBytes = header.readUInt16LE(54);
  const count = Math.min(header.readUInt16LE(56), MOST_HEADERS);
  for (let i = 0; i < count; i++) {
    const entry = read(table + i * entryBytes, ENTRY_BYTES);
    if (entry.readUInt32LE(0) !== PT_INTERP) continue;
    const bytes = Math.min(Number(entry.readBigUInt64LE(32)), LONGEST_PATH);
    return read(Number(entry.readBigUInt64LE(8)), bytes)
      .toString('latin1')
      .replace(/\0.*$/s, '');
  }
  return null;
}
