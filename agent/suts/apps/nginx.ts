/** nginx: a master and one worker, which accepts and reads (by recv); every request is answered from the configuration. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { programPath, programSupport } from '../../host/programs.ts';
import { ACTIONS } from '../../mechanisms/mechanism.ts';
import type { Sut, SutPlace } from '../sut.ts';

const NEEDS = 'nginx (apt-get install nginx-light)';

export const nginx: Sut = {
  id: 'nginx',
  runtime: 'native',
  linkage: 'dynamic',
  filters: false,
  serving: 'worker',
  vantage: 'client',
  protocol: { kind: 'http' },
  warmup: 4000,
  needs: NEEDS,
  byDefault: false,
  actions: ACTIONS,
  limits: [],
  ready: { kind: 'listens', line: null },
  probe: () => programSupport('nginx', { apt: 'nginx-light', needs: NEEDS, version: ['-v'] }),
  async prepare(place) {
    await writeFile(configPath(place), config(place), { mode: 0o600 });
  },
  command: (place) => ({
    file: programPath('nginx') ?? 'nginx',
    args: ['-e', 'stderr', '-p', place.dir, '-c', configPath(place)],
  }),
};

function configPath({ dir }: SutPlace): string {
  return join(dir, 'nginx.conf');
}

/** A head must fit into one buffer to come by one read: requests are at most 8,192 bytes. */
function config({ ipv4, port, dir }: SutPlace): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
error_log stderr warn;
events { worker_connections 128; }
http {
  access_log off;
  client_header_buffer_size 16k;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  client_header_timeout 1h;
  tcp_nodelay on;
${temporary.map((name) => `  ${name}_temp_path ${dir}/${name};`).join('\n')}
  server {
    listen ${ipv4}:${port} backlog=128;
    location / { default_type text/plain; return 200 "Hello World\\n"; }
  }
}
`;
}
