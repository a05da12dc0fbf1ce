/** memcached: the payload is set as a value and got back, in one write. */

import { programPath, programSupport } from '../../host/programs.ts';
import { ACTIONS } from '../../mechanisms/mechanism.ts';
import type { Sut } from '../sut.ts';

const NEEDS = 'memcached (apt-get install memcached)';

export const memcached: Sut = {
  id: 'memcached',
  runtime: 'native',
  linkage: 'dynamic',
  filters: false,
  vantage: 'client',
  protocol: { kind: 'memcached' },
  warmup: 4000,
  needs: NEEDS,
  byDefault: false,
  actions: ACTIONS,
  limits: [],
  ready: { kind: 'listens', line: null },
  probe: () => programSupport('memcached', { apt: 'memcached', needs: NEEDS, version: ['-V'] }),
  command: ({ ipv4, port, runAs }) => ({
    file: programPath('memcached') ?? 'memcached',
    args: [
      ...['-l', ipv4, '-p', String(port), '-U', '0', '-t', '1', '-m', '16', '-c', '64'],
      // as root it wants to be told who to be; as anyone else it stays who it is
      ...(runAs === undefined && process.getuid?.() === 0 ? ['-u', 'root'] : []),
    ],
  }),
};
