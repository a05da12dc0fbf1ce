/** What every hook that is preloaded gets: a ring file of its own for one instance, and the environment that tells it what to do. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, type BlockErrno, DEFAULT_BLOCK_ERRNO } from '#proto';
import { RingFile, type RingHeader } from '../collect/ring.ts';
import { grantGroup } from '../security/run-as.ts';
import { FUNCTIONS, type HookedFunction, type HookOrder } from './mechanism.ts';

/** Linux's numbers, the same on every processor the library is built for */
const ERRNO_NUMBER: Readonly<Record<BlockErrno, number>> = {
  ECONNRESET: 104,
  ECONNABORTED: 103,
  EPIPE: 32,
  EIO: 5,
  ETIMEDOUT: 110,
  ENETRESET: 102,
  EACCES: 13,
  EPERM: 1,
  ENOTCONN: 107,
  ESHUTDOWN: 108,
};

export interface PlacedRing {
  readonly ring: RingFile;
  readonly env: Readonly<Record<string, string>>;
}

/** @param name of the instance; the ring is closed with the fork */
export async function placeRing(order: HookOrder, name: string): Promise<PlacedRing> {
  const keywordFile = join(order.dir, 'keywords');
  const { variables, keywords } = hookVariables(order, keywordFile);
  await writeFile(keywordFile, keywords, { mode: 0o600 });
  grantGroup(keywordFile, order.host.runAs, 0o640);
  const ring = RingFile.create(join(order.dir, `${name}.ring`), {
    action: order.action,
    capacity: ringCapacity(order.mostReads),
    keywords: order.keywords.length,
  });
  grantGroup(ring.path, order.host.runAs, 0o660);
  order.host.undo.push(`ring ${name}`, null, () => ring.close());
  return { ring, env: { HOOKBENCH_RING: ring.path, ...variables } };
}

/** What every hook of ours is told, whatever process it lives in, and what is to be in the keyword file. */
export function hookVariables(
  order: HookOrder,
  keywordFile: string,
): { variables: Record<string, string>; keywords: Buffer } {
  const variables = {
    HOOKBENCH_KEYWORDS: keywordFile,
    HOOKBENCH_ACTION: order.action,
    HOOKBENCH_FUNCTIONS: order.functions.join(','),
    ...(order.action === 'block' && { HOOKBENCH_ERRNO: order.blockErrno ?? DEFAULT_BLOCK_ERRNO }),
  };
  return { variables, keywords: joinLines(order.keywords) };
}

/** Whether a hook that says so in its ring's header does what was ordered. */
export function isAsOrdered(header: RingHeader, order: HookOrder): boolean {
  return (
    header.attached &&
    header.keywords === order.keywords.length &&
    header.functions === functionBits(order.functions) &&
    header.blockErrno === blockErrnoNumber(order)
  );
}

/** as in the ring's header */
export function functionBits(functions: readonly HookedFunction[]): number {
  return functions.reduce((bits, name) => bits | (1 << FUNCTIONS.indexOf(name)), 0);
}

/** @returns 0 unless the action is block */
export function blockErrnoNumber({ action, blockErrno }: HookOrder): number {
  return action === 'block' ? ERRNO_NUMBER[blockErrno ?? DEFAULT_BLOCK_ERRNO] : 0;
}

/** A hook inside the program that looks with the automaton, and does what it was asked to.
 * @throws BenchError hook-dead */
export function assertRingLive(
  header: RingHeader,
  o: { pid: number; order: HookOrder; what: string; nextStep: string },
): void {
  const keywords = o.order.keywords.length;
  const functions = functionBits(o.order.functions);
  const blockErrno = blockErrnoNumber(o.order);
  const asAsked =
    header.keywords === keywords &&
    header.functions === functions &&
    header.scanner === 'ac' &&
    header.blockErrno === blockErrno;
  if (header.attached && header.pid === o.pid && asAsked) return;
  throw new BenchError('hook-dead', `${o.what} is not live in process ${o.pid}`, {
    nextStep: o.nextStep,
    detail: `ring header: attached=${header.attached} pid=${header.pid} keywords=${header.keywords} of ${keywords} scanner=${header.scanner} functions=${header.functions} of ${functions} errno=${header.blockErrno} of ${blockErrno}`,
  });
}

/** Twice what is expected, since a request may take more than one read: a power of two, as the library asks. */
export function ringCapacity(mostReads: number): number {
  return 2 ** Math.min(24, Math.max(14, Math.ceil(Math.log2(2 * mostReads + 1))));
}

function joinLines(words: readonly Uint8Array[]): Buffer {
  const newline = Buffer.from('\n');
  return Buffer.concat(words.flatMap((word) => [word, newline]));
}
