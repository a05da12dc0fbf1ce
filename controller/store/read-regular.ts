/** Small files of a folder that may come from anywhere. */

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { BenchError } from '#proto';

const MOST_BYTES = 64 * 2 ** 20;

/** The text of a file. A pipe or a device is not read: it may never end, or never begin.
 * @throws BenchError usage when it is no regular file, or larger than 64 MiB; ErrnoException */
export function readRegular(path: string): string {
  return withRegular(path, (fd, bytes) => {
    if (bytes > MOST_BYTES) throw new BenchError('usage', `${path} has ${bytes} bytes, more than ${MOST_BYTES}`);
    return readFileSync(fd, 'utf8');
  });
}

/** @param use gets the open file and its length
 * @throws BenchError usage when it is no regular file; ErrnoException */
export function withRegular<T>(path: string, use: (fd: number, bytes: number) => T): T {
  // opening a named pipe would wait for its writer
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new BenchError('usage', `${path} is no regular file`);
    return use(fd, stat.size);
  } finally {
    closeSync(fd);
  }
}
