/** The library layer: hooks/preload, loaded by LD_PRELOAD, writing to a ring file of its own for each instance. */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { RingFile } from '../collect/ring.ts';
import { PATHS } from '../config.ts';
import { supported, unsupported } from '../host/support.ts';
import type { PlacedMechanism } from './mechanism.ts';

const NEEDS = 'hooks/preload built (a C compiler and make at build time), a dynamically linked glibc SUT';

export const ldPreload: PlacedMechanism = {
  kind: 'placed',
  id: 'ld-preload',
  layer: 'library',
  vantage: 'interposer',
  needs: NEEDS,
  actions: ['observe'],
  functions: ['read'],
  byDefault: true,
  async probe() {
    if (!existsSync(PATHS.preloadLibrary))
      return unsupported(NEEDS, 'build/libhookbench.so is not there (make -C hooks)');
    return supported(NEEDS, 'build/libhookbench.so');
  },
  async place(order, name) {
    const keywordFile = join(order.dir, 'keywords');
    await writeFile(keywordFile, joinLines(order.keywords), { mode: 0o600 });
    const ring = RingFile.create(join(order.dir, `${name}.ring`), {
      action: order.action,
      capacity: capacityFor(order.mostReads),
    });
    order.host.undo.push(`ring ${name}`, null, () => ring.close());
    return {
      env: {
        LD_PRELOAD: PATHS.preloadLibrary,
        HOOKBENCH_RING: ring.path,
        HOOKBENCH_KEYWORDS: keywordFile,
        HOOKBENCH_ACTION: order.action,
      },
      assertLive(pid) {
        const header = ring.header();
        if (header.attached && header.pid === pid && header.keywords === order.keywords.length) return;
        throw new BenchError('hook-dead', `the preload library is not live in process ${pid}`, {
          nextStep: 'check that the program is dynamically linked against glibc (ldd) and not setuid',
          detail: `ring header: attached=${header.attached} pid=${header.pid} keywords=${header.keywords} of ${order.keywords.length}`,
        });
      },
      counts: () => ring.counts(),
      drain: () => ring.drain(),
    };
  },
};

/** Twice what is expected, since a request may take more than one read: a power of two, as the library asks. */
function capacityFor(mostReads: number): number {
  return 2 ** Math.min(24, Math.max(14, Math.ceil(Math.log2(2 * mostReads + 1))));
}

function joinLines(words: readonly Uint8Array[]): Buffer {
  const newline = Buffer.from('\n');
  return Buffer.concat(words.flatMap((word) => [word, newline]));
}
