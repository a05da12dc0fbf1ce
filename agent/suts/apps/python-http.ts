/** Python's http.server, speaking HTTP/1.1: it reads by recv. */

import { join } from 'node:path';
import { PATHS } from '../../config.ts';
import { programPath, programSupport } from '../../host/programs.ts';
import { ACTIONS } from '../../mechanisms/mechanism.ts';
import type { Sut } from '../sut.ts';

const NEEDS = 'python3, 3.7 or newer (apt-get install python3)';

export const pythonHttp: Sut = {
  id: 'python-http',
  runtime: 'python',
  linkage: 'dynamic',
  filters: false,
  vantage: 'client',
  protocol: { kind: 'http' },
  warmup: 2000,
  needs: NEEDS,
  byDefault: false,
  actions: ACTIONS,
  limits: [],
  probe: () =>
    programSupport('python3', {
      apt: 'python3',
      needs: NEEDS,
      version: ['-I', '-c', 'import sys, http.server; assert sys.version_info >= (3, 7); print(sys.version)'],
    }),
  // isolated: nothing of a user's own is loaded, and no file is written beside the script
  command: () => ({
    file: programPath('python3') ?? 'python3',
    args: ['-I', '-B', join(PATHS.pythonHttp, 'python-http.py')],
  }),
};
