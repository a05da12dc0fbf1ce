/** Our own small HTTP server, linked statically: what the library layer does not see. */

import { existsSync } from 'node:fs';
import { PATHS } from '../../config.ts';
import { supported, unsupported } from '../../host/support.ts';
import { ACTIONS } from '../../mechanisms/mechanism.ts';
import type { Sut } from '../sut.ts';

const NEEDS = 'a C compiler and a static libc at build time (apt-get install libc6-dev)';

export const staticHello: Sut = {
  id: 'static-hello',
  runtime: 'native',
  linkage: 'static',
  filters: false,
  vantage: 'client',
  protocol: { kind: 'http' },
  warmup: 2000,
  needs: NEEDS,
  byDefault: false,
  actions: ACTIONS,
  limits: [],
  async probe() {
    if (!existsSync(PATHS.staticHello)) return unsupported(NEEDS, 'static-hello is not built (make -C sut)');
    return supported(NEEDS, 'built');
  },
  command: () => ({ file: PATHS.staticHello, args: [] }),
};
