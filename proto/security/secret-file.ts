/** Files that hold secrets: read only when no one else can read them. */

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { BenchError } from '../errors.ts';

const LEAST_TOKEN_CHARS = 16;
const MOST_BYTES = 64 * 1024;

/** The secret of a loopback listener. @throws BenchError usage when the file is missing, open to others, or holds none */
export function readTokenFile(path: string): string {
  const token = readSecret(path, { what: '--token-file', forbidden: 0o077 }).toString('utf8').trim();
  if (token === '') throw new BenchError('usage', `--token-file ${path} holds no token`, { nextStep: MAKE_TOKEN });
  if (token.length >= LEAST_TOKEN_CHARS) return token;
  throw new BenchError('usage', `--token-file ${path} holds fewer than ${LEAST_TOKEN_CHARS} characters`, {
    nextStep: MAKE_TOKEN,
  });
}

export const MAKE_TOKEN = 'make one: (umask 077; openssl rand -hex 16 > token)';

/** The file that is checked is the file that is read. @param o.forbidden mode bits it must not have. @throws BenchError usage */
export function readSecret(path: string, o: { what: string; forbidden: number }): Buffer {
  const fd = open(path, o.what);
  try {
    const { mode, uid, size } = fstatSync(fd);
    const me = process.geteuid?.() ?? uid;
    const open = (mode & o.forbidden).toString(8);
    if (open !== '0') {
      const nextStep = `chmod ${o.forbidden & 0o040 ? 600 : 640} ${path}, and make a new one if others may have read it`;
      throw new BenchError('usage', `${o.what} ${path} can be read or written by others (mode ${octal(mode)})`, {
        nextStep,
      });
    }
    if (uid !== me && uid !== 0)
      throw new BenchError('usage', `${o.what} ${path} belongs to uid ${uid}, not to uid ${me}`, {
        nextStep: `chown ${me} ${path}`,
      });
    if (size > MOST_BYTES) throw new BenchError('usage', `${o.what} ${path} has ${size} bytes: that is no secret`);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

function open(path: string, what: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new BenchError('usage', `${what} can't be read: ${(cause as Error).message}`, { cause });
  }
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}
