/** A file on disk, plain or gzip → its rows. */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { BenchError } from '#proto';
import { type CsvRows, RowParser } from './rows.ts';

const CHUNK_BYTES = 1 << 20;
const GZIP_MAGIC = [0x1f, 0x8b] as const;
/** a pipe that nobody has written to for so long is given up */
const MOST_IDLE_MS = 30_000;
const LOOK_AGAIN_MS = 20;

/** Reads in chunks, so that memory follows the rows kept and not what a file claims to hold.
 * @param path of a plain or gzip file, told by its first bytes; a pipe will do
 * @param o.mostIdleMs another one for tests
 * @throws BenchError usage: unreadable, a folder, a pipe that nobody writes to, no such columns, a malformed row, too large, damaged gzip */
export async function readCsv(
  path: string,
  o: { readonly skipBadRows: boolean; readonly mostIdleMs?: number },
): Promise<CsvRows> {
  const file = basename(path);
  const parser = new RowParser({ file, skipBadRows: o.skipBadRows });
  const fd = opened(path);
  try {
    const chunks = chunksOf(fd, path, o.mostIdleMs ?? MOST_IDLE_MS);
    const first = chunks.next();
    const isGzip = !first.done && GZIP_MAGIC.every((byte, i) => first.value[i] === byte);
    if (isGzip) await unzipped(file, first.value, chunks, parser);
    else if (!first.done) {
      parser.push(first.value);
      for (const chunk of chunks) parser.push(chunk);
    }
    return parser.end();
  } finally {
    closeSync(fd);
  }
}

function opened(path: string): number {
  try {
    // opening a named pipe would wait for its writer, however long that takes
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(fd).isDirectory()) return fd;
    closeSync(fd);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw new BenchError('usage', `${path} is a folder; a CSV file was expected`);
}

/** each chunk lies in the same memory as the one before: use it before the next */
function* chunksOf(fd: number, path: string, mostIdleMs: number): Generator<Uint8Array, undefined> {
  const room = Buffer.allocUnsafe(CHUNK_BYTES);
  const isPipe = fstatSync(fd).isFIFO();
  for (let first = true; ; first = false) {
    const length = readInto(fd, room, { path, mostIdleMs, waitForWriter: isPipe && first });
    if (length === 0) return undefined;
    yield room.subarray(0, length);
  }
}

/** @returns 0 at the end of the file. A pipe without a writer looks like that too, until something has come through it. */
function readInto(fd: number, room: Buffer, o: { path: string; mostIdleMs: number; waitForWriter: boolean }): number {
  const deadlineMs = performance.now() + o.mostIdleMs;
  while (true) {
    const length = readNow(fd, room, o.path);
    if (length !== null && !(length === 0 && o.waitForWriter)) return length;
    if (performance.now() > deadlineMs)
      throw new BenchError('usage', `${o.path}: nothing came through this pipe for ${o.mostIdleMs / 1000} s`, {
        nextStep: 'look whether anything writes to it, or give a file',
      });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
  }
}

/** @returns null when there is nothing yet */
function readNow(fd: number, room: Buffer, path: string): number | null {
  try {
    return readSync(fd, room, 0, room.length, null);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw unreadable(path, cause);
  }
}

async function unzipped(file: string, first: Uint8Array, rest: Iterable<Uint8Array>, parser: RowParser): Promise<void> {
  const [{ Readable }, { pipeline }, { createGunzip }] = await Promise.all([
    import('node:stream'),
    import('node:stream/promises'),
    import('node:zlib'),
  ]);
  // which of a pipeline's ends is told to have failed depends on timing
  let refusal: BenchError | null = null;
  const pushNoting = (chunk: Uint8Array) => {
    try {
      parser.push(chunk);
    } catch (error) {
      refusal = error as BenchError;
      throw error;
    }
  };
  try {
    await pipeline(
      Readable.from(copies(first, rest)),
      createGunzip({ chunkSize: CHUNK_BYTES }),
      async (unpacked: AsyncIterable<Uint8Array>) => {
        for await (const chunk of unpacked) pushNoting(chunk);
      },
    );
  } catch (cause) {
    if (refusal !== null) throw refusal;
    const message = `${file}: the gzip data is damaged or cut off after line ${parser.lines}: ${(cause as Error).message}`;
    throw new BenchError('usage', message, { nextStep: 'make the file again, or give it unpacked', cause });
  }
}

/** zlib keeps what it has not worked off, while the next chunk is read into the same memory */
function* copies(first: Uint8Array, rest: Iterable<Uint8Array>): Generator<Buffer> {
  yield Buffer.from(first);
  for (const chunk of rest) yield Buffer.from(chunk);
}

function unreadable(path: string, cause: unknown): BenchError {
  return new BenchError('usage', `${path} can't be read: ${(cause as Error).message}`, { cause });
}
