/** The only list of SUTs. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PATHS } from '../config.ts';
import { javaVersion } from '../host/facts.ts';
import { libcOf } from '../host/libc.ts';
import { supported, unsupported } from '../host/support.ts';
import { ACTIONS } from '../mechanisms/mechanism.ts';
import { memcached } from './apps/memcached.ts';
import { nginx } from './apps/nginx.ts';
import { postgres } from './apps/postgres.ts';
import { pythonHttp } from './apps/python-http.ts';
import { redis } from './apps/redis.ts';
import { staticHello } from './apps/static-hello.ts';
import type { Sut } from './sut.ts';

const javaHello: Sut = {
  ...javaSut({ id: 'java-hello', folder: PATHS.javaHello, program: 'JavaHello' }),
  filters: true,
  byDefault: true,
};

const javaNio = javaSut({ id: 'java-nio', folder: PATHS.javaNio, program: 'JavaNio' });

function javaSut({ id, folder, program }: { id: string; folder: string; program: string }): Sut {
  return {
    id,
    runtime: 'jvm',
    linkage: 'dynamic',
    filters: false,
    vantage: 'client',
    protocol: { kind: 'http' },
    warmup: 4000,
    byDefault: false,
    needs: 'a JDK, 17 or newer, at build and run time',
    actions: ACTIONS,
    limits: [],
    async probe() {
      const version = await javaVersion();
      if (version === 'absent') return unsupported(this.needs, 'no java on the PATH (install openjdk-17-jdk-headless)');
      if (Number.parseInt(version, 10) < 17) return unsupported(this.needs, `java ${version}`);
      if (!existsSync(folder)) return unsupported(this.needs, `${id} is not built (make -C sut)`);
      return supported(this.needs, `java ${version}`);
    },
    command: () => ({ file: 'java', args: ['-XX:+UseSerialGC', '-Xms64m', '-Xmx64m', '-cp', folder, program] }),
  };
}

const nodeHello: Sut = {
  id: 'node-hello',
  runtime: 'node',
  linkage: 'dynamic',
  filters: true,
  vantage: 'client',
  protocol: { kind: 'http' },
  warmup: 8000,
  byDefault: true,
  needs: 'Node.js',
  actions: ACTIONS,
  limits: [],
  async probe() {
    return supported(this.needs, `node ${process.version}`);
  },
  command: () => ({ file: process.execPath, args: [join(PATHS.nodeHello, 'node-hello.mjs')] }),
};

const readLoop: Sut = {
  id: 'read-loop',
  runtime: 'native',
  linkage: 'dynamic',
  filters: false,
  vantage: 'caller',
  protocol: { kind: 'burst', requestsPerUnit: 20 },
  warmup: 2000,
  byDefault: true,
  needs: 'a C compiler at build time',
  actions: ['observe', 'trace'],
  limits: [
    { action: 'block', why: 'it answers with times and not with responses, so a refused request can not be told' },
  ],
  async probe() {
    if (!existsSync(PATHS.readLoop)) return unsupported(this.needs, 'read-loop is not built (make -C sut)');
    return supported(this.needs, 'built');
  },
  command: () => ({ file: PATHS.readLoop, args: [] }),
};

const readLoopMusl: Sut = {
  ...readLoop,
  id: 'read-loop-musl',
  byDefault: false,
  needs: 'musl-gcc at build time (apt-get install musl-tools)',
  async probe() {
    if (!existsSync(PATHS.readLoopMusl)) return unsupported(this.needs, 'read-loop-musl is not built (make -C sut)');
    return supported(this.needs, 'built');
  },
  command: () => ({ file: PATHS.readLoopMusl, args: [] }),
};

/** The file tells the C library, and is looked at when that is asked for: a program may come later, or be another one then. */
function onItsLibc(sut: Sut): Sut {
  return Object.defineProperty(sut, 'libc', { enumerable: true, get: () => libcOf(sut.command(NO_PLACE).file) });
}

const NO_PLACE = { ipv4: '127.0.0.1', port: 0, dir: '' } as const;

export const SUTS: readonly Sut[] = [
  javaHello,
  nodeHello,
  readLoop,
  javaNio,
  redis,
  memcached,
  nginx,
  postgres,
  pythonHttp,
  staticHello,
  readLoopMusl,
].map(onItsLibc);
