/** The library layer: hooks/preload, loaded by LD_PRELOAD, writing to a ring file of its own for each instance. One mechanism for each of
 * its scanners, so that one study can hold both. */

import { existsSync, readFileSync } from 'node:fs';
import { BenchError } from '#proto';
import type { RingHeader, Scanner } from '../collect/ring.ts';
import { PATHS } from '../config.ts';
import { supported, unsupported } from '../host/support.ts';
import { ACTIONS, FUNCTIONS, type HookOrder, type PlacedMechanism, type SutTraits } from './mechanism.ts';
import { blockErrnoNumber, functionBits, placeRing } from './ring-hook.ts';
import { needsDynamicLinking } from './suits.ts';

const NEEDS = 'hooks/preload built (a C compiler and make at build time), a dynamically linked SUT on glibc or musl';

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
    unsuited: (sut) => needsDynamicLinking(sut) ?? needsLibraryFor(sut),
    async probe() {
      if (!existsSync(PATHS.preloadLibrary))
        return unsupported(NEEDS, 'build/libhookbench.so is not there (make -C hooks)');
      const musl = existsSync(PATHS.muslLibrary) ? ' and build/libhookbench-musl.so' : '';
      return supported(NEEDS, `build/libhookbench.so${musl}, scanner ${scanner}`);
    },
    async place(order, name, libc) {
      const { ring, env } = await placeRing(order, name);
      const clock = scanner === 'simd' && isTscTrusted() ? 'tsc' : 'vdso';
      return {
        env: { ...env, LD_PRELOAD: libraryFor(libc), HOOKBENCH_SCANNER: scanner, HOOKBENCH_CLOCK: clock },
        assertLive: (pid) => assertLive(ring.header(), { pid, order, scanner }),
        manner: () => mannerOf(ring.header()),
        counts: () => ring.counts(),
        drain: () => ring.drain(),
      };
    },
  };
}

function libraryFor(libc: SutTraits['libc']): string {
  return libc === 'musl' ? PATHS.muslLibrary : PATHS.preloadLibrary;
}

function needsLibraryFor({ libc }: SutTraits): string | null {
  if (libc !== 'musl' || existsSync(PATHS.muslLibrary)) return null;
  return 'it runs on musl, and build/libhookbench-musl.so is not there (apt-get install musl-tools; make -C hooks musl)';
}

/** The fast scanner may fall back where the processor lacks what it needs, and `manner` says so; the automaton must be the automaton. */
function assertLive(header: RingHeader, o: { pid: number; order: HookOrder; scanner: Scanner }): void {
  const keywords = o.order.keywords.length;
  const functions = functionBits(o.order.functions);
  const blockErrno = blockErrnoNumber(o.order);
  const asAsked =
    header.keywords === keywords &&
    header.functions === functions &&
    header.scanner === o.scanner &&
    header.blockErrno === blockErrno;
  if (header.attached && header.pid === o.pid && asAsked) return;
  throw new BenchError('hook-dead', `the preload library is not live in process ${o.pid}`, {
    nextStep: 'check that the program is dynamically linked (ldd) and not setuid',
    detail: `ring header: attached=${header.attached} pid=${header.pid} keywords=${header.keywords} of ${keywords} scanner=${header.scanner} functions=${header.functions} of ${functions} errno=${header.blockErrno} of ${blockErrno}`,
  });
}

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
