/** The library layer: hooks/preload, loaded by LD_PRELOAD, writing to a ring file of its own for each instance. One mechanism for each of
 * its scanners, so that one study can hold both. */

import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, type BlockErrno, DEFAULT_BLOCK_ERRNO } from '#proto';
import { RingFile, type RingHeader, type Scanner } from '../collect/ring.ts';
import { PATHS } from '../config.ts';
import { supported, unsupported } from '../host/support.ts';
import { grantGroup } from '../security/run-as.ts';
import { ACTIONS, FUNCTIONS, type HookOrder, type PlacedMechanism } from './mechanism.ts';

const NEEDS = 'hooks/preload built (a C compiler and make at build time), a dynamically linked glibc SUT';

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

/** the like-for-like arm: the automaton that the kernel program has too */
export const ldPreload = libraryHook('ld-preload', 'ac');
/** the library's floor */
export const ldPreloadSimd = libraryHook('ld-preload:simd', 'simd');

function libraryHook(id: string, scanner: Scanner): PlacedMechanism {
  return {
    kind: 'placed',
    id,
    layer: 'library',
    vantage: 'interposer',
    needs: NEEDS,
    actions: ACTIONS,
    functions: FUNCTIONS,
    byDefault: scanner === 'ac',
    async probe() {
      if (!existsSync(PATHS.preloadLibrary))
        return unsupported(NEEDS, 'build/libhookbench.so is not there (make -C hooks)');
      return supported(NEEDS, `build/libhookbench.so, scanner ${scanner}`);
    },
    async place(order, name) {
      const keywordFile = join(order.dir, 'keywords');
      await writeFile(keywordFile, joinLines(order.keywords), { mode: 0o600 });
      grantGroup(keywordFile, order.host.runAs, 0o640);
      const ring = RingFile.create(join(order.dir, `${name}.ring`), {
        action: order.action,
        capacity: capacityFor(order.mostReads),
        keywords: order.keywords.length,
      });
      grantGroup(ring.path, order.host.runAs, 0o660);
      const clock = scanner === 'simd' && isTscTrusted() ? 'tsc' : 'vdso';
      order.host.undo.push(`ring ${name}`, null, () => ring.close());
      return {
        env: {
          LD_PRELOAD: PATHS.preloadLibrary,
          HOOKBENCH_RING: ring.path,
          HOOKBENCH_KEYWORDS: keywordFile,
          HOOKBENCH_ACTION: order.action,
          HOOKBENCH_FUNCTIONS: order.functions.join(','),
          HOOKBENCH_SCANNER: scanner,
          HOOKBENCH_CLOCK: clock,
          ...(order.action === 'block' && { HOOKBENCH_ERRNO: blockErrnoOf(order) }),
        },
        assertLive: (pid) => assertLive(ring.header(), { pid, order, scanner }),
        manner: () => mannerOf(ring.header()),
        counts: () => ring.counts(),
        drain: () => ring.drain(),
      };
    },
  };
}

/** The fast scanner may fall back where the processor lacks what it needs, and `manner` says so; the automaton must be the automaton. */
function assertLive(header: RingHeader, o: { pid: number; order: HookOrder; scanner: Scanner }): void {
  const keywords = o.order.keywords.length;
  const functions = o.order.functions.reduce((bits, name) => bits | (1 << FUNCTIONS.indexOf(name)), 0);
  const blockErrno = o.order.action === 'block' ? ERRNO_NUMBER[blockErrnoOf(o.order)] : 0;
  const asAsked =
    header.keywords === keywords &&
    header.functions === functions &&
    header.scanner === o.scanner &&
    header.blockErrno === blockErrno;
  if (header.attached && header.pid === o.pid && asAsked) return;
  throw new BenchError('hook-dead', `the preload library is not live in process ${o.pid}`, {
    nextStep: 'check that the program is dynamically linked against glibc (ldd) and not setuid',
    detail: `ring header: attached=${header.attached} pid=${header.pid} keywords=${header.keywords} of ${keywords} scanner=${header.scanner} functions=${header.functions} of ${functions} errno=${header.blockErrno} of ${blockErrno}`,
  });
}

const blockErrnoOf = ({ blockErrno }: HookOrder): BlockErrno => blockErrno ?? DEFAULT_BLOCK_ERRNO;

function mannerOf({ scanner, scannerLevel, clock }: RingHeader): string {
  const level = scanner === 'ac' ? '' : ` (${scannerLevel === 'ac' ? 'which runs as ac here' : scannerLevel})`;
  return `scans with ${scanner}${level}, times by ${clock === 'tsc' ? 'the time stamp counter' : 'the vDSO'}`;
}

/** The library refuses the counter unless the kernel itself keeps time by it. */
function isTscTrusted(): boolean {
  try {
    return readFileSync('/sys/devices/system/clocksource/clocksource0/current_clocksource', 'utf8').trim() === 'tsc';
  } catch {
    return false;
  }
}

/** Twice what is expected, since a request may take more than one read: a power of two, as the library asks. */
function capacityFor(mostReads: number): number {
  return 2 ** Math.min(24, Math.max(14, Math.ceil(Math.log2(2 * mostReads + 1))));
}

function joinLines(words: readonly Uint8Array[]): Buffer {
  const newline = Buffer.from('\n');
  return Buffer.concat(words.flatMap((word) => [word, newline]));
}
