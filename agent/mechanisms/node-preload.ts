/** The runtime layer of Node.js: hooks/node/preload.mjs, loaded by NODE_OPTIONS=--import, in front of the program's 'data'. */

import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { PATHS } from '../config.ts';
import { supported, unsupported } from '../host/support.ts';
import { ACTIONS, FUNCTIONS, type PlacedMechanism } from './mechanism.ts';
import { assertRingLive, placeRing } from './ring-hook.ts';

const NEEDS = 'hooks/node built (a C compiler, make and Node.js’ headers at build time), a Node.js SUT';

export const nodePreload: PlacedMechanism = {
  kind: 'placed',
  id: 'node-preload',
  layer: 'runtime',
  vantage: 'interposer',
  clockHolds: 'work',
  needs: NEEDS,
  actions: ACTIONS,
  functions: FUNCTIONS,
  byDefault: false,
  async probe() {
    if (!existsSync(PATHS.nodeAddon))
      return unsupported(NEEDS, 'build/hookbench-node.node is not there (make -C hooks node)');
    return supported(NEEDS, `build/hookbench-node.node, node ${process.version}`);
  },
  unsuited: ({ id, runtime }) => (runtime === 'node' ? null : `${id} is no Node.js program`),
  async place(order, name) {
    const { ring, env } = await placeRing(order, name);
    return {
      env: { ...env, HOOKBENCH_NODE_ADDON: PATHS.nodeAddon, NODE_OPTIONS: withImport(PATHS.nodePreload) },
      assertLive: (pid) =>
        assertRingLive(ring.header(), {
          ...{ pid, order, what: 'the preload module' },
          nextStep: 'start the SUT by hand with NODE_OPTIONS=--import=hooks/node/preload.mjs and read its stderr',
        }),
      manner: () =>
        'counts chunks, one for each read by libuv from an accepted connection; times its own work, which begins when the read is done; has the parser of node:http read through JavaScript, which is part of what it adds',
      counts: () => ring.counts(),
      drain: () => ring.drain(),
    };
  },
};

/** behind what a SUT without the hook inherits */
function withImport(path: string): string {
  return [process.env.NODE_OPTIONS ?? '', `--import=${pathToFileURL(path).href}`].join(' ').trim();
}
