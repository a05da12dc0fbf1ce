/** What a read fails with under action block: errors that say the connection is of no use any more, so that a program gives it up. Not EAGAIN or
 * EINTR: it would ask again, for bytes that are gone. The same names as in hooks/preload/options.c. */

export const BLOCK_ERRNOS = [
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EIO',
  'ETIMEDOUT',
  'ENETRESET',
  'EACCES',
  'EPERM',
  'ENOTCONN',
  'ESHUTDOWN',
] as const;
export type BlockErrno = (typeof BLOCK_ERRNOS)[number];

export const DEFAULT_BLOCK_ERRNO: BlockErrno = 'ECONNRESET';

export function isBlockErrno(name: string): name is BlockErrno {
  return BLOCK_ERRNOS.some((known) => known === name);
}
