/** redis-server: the payload is set as a value and got back, in one write and one read. */

import { programPath, programSupport } from '../../host/programs.ts';
import { ACTIONS } from '../../mechanisms/mechanism.ts';
import type { Sut } from '../sut.ts';

const NEEDS = 'redis-server (apt-get install redis-server)';

export const redis: Sut = {
  id: 'redis',
  runtime: 'native',
  linkage: 'dynamic',
  filters: false,
  vantage: 'client',
  protocol: { kind: 'resp' },
  warmup: 4000,
  needs: NEEDS,
  byDefault: false,
  actions: ACTIONS,
  limits: [],
  ready: { kind: 'listens', line: /Ready to accept connections/ },
  probe: () => programSupport('redis-server', { apt: 'redis-server', needs: NEEDS, version: ['--version'] }),
  command: ({ ipv4, port, dir }) => ({
    file: programPath('redis-server') ?? 'redis-server',
    args: [
      ...['--bind', ipv4, '--port', String(port), '--protected-mode', 'no', '--dir', dir],
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
    ],
  }),
};
