/** The application layer: the SUT's own filter does the hook's work on what the application has of a request (hooks/README.md). */

import { existsSync } from 'node:fs';
import { PATHS } from '../config.ts';
import { supported } from '../host/support.ts';
import { ACTIONS, FUNCTIONS, type PlacedMechanism } from './mechanism.ts';
import { assertRingLive, placeRing } from './ring-hook.ts';

const NEEDS = 'a SUT with a filter of its own';

export const appFilter: PlacedMechanism = {
  kind: 'placed',
  id: 'app-filter',
  layer: 'application',
  vantage: 'interposer',
  clockHolds: 'work',
  needs: NEEDS,
  actions: ACTIONS,
  functions: FUNCTIONS,
  byDefault: false,
  async probe() {
    return supported(NEEDS, `filters in JavaScript ${existsSync(PATHS.nodeAddon) ? 'can' : "can't"} write the ring`);
  },
  unsuited({ id, runtime, filters }) {
    if (!filters) return `${id} has no filter of its own`;
    const isBuilt = runtime !== 'node' || existsSync(PATHS.nodeAddon);
    return isBuilt ? null : `the filter of ${id} needs build/hookbench-node.node (make -C hooks node)`;
  },
  async place(order, name) {
    const { ring, env } = await placeRing(order, name);
    return {
      env: { ...env, HOOKBENCH_APP_FILTER: '1', HOOKBENCH_NODE_ADDON: PATHS.nodeAddon },
      countsRequests: true,
      assertLive: (pid) =>
        assertRingLive(ring.header(), {
          ...{ pid, order, what: 'the filter of the application' },
          nextStep:
            'start the SUT by hand with HOOKBENCH_APP_FILTER=1 and the variables of hooks/README.md, and read its stderr',
        }),
      manner: () =>
        'counts requests, once each, and looks at target, header values and body as the application has them: not at the method, names of headers, or how the body is framed',
      counts: () => ring.counts(),
      drain: () => ring.drain(),
    };
  },
};
