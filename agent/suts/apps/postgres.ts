/** PostgreSQL: a query for the payload as a string. Each connection has a process of its own, forked when it is accepted, which reads by recv. */

import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BenchError } from '#proto';
import { giveFolder } from '../../host/folders.ts';
import { programPath, programSupport } from '../../host/programs.ts';
import { POSTGRES_USER } from '../../load/protocols.ts';
import { runCommand } from '../../process/child.ts';
import type { Sut, SutPlace } from '../sut.ts';

const NEEDS = 'PostgreSQL with initdb (apt-get install postgresql)';
const VERSIONS = '/usr/lib/postgresql';
const INITDB_TIMEOUT_MS = 60_000;
/** accounts that initdb may run as: it looks its user up by name, and the one that SUTs run as has none */
const ACCOUNTS = ['postgres', 'nobody'];

export const postgres: Sut = {
  id: 'postgres',
  runtime: 'native',
  linkage: 'dynamic',
  filters: false,
  serving: 'each-connection',
  vantage: 'client',
  protocol: { kind: 'postgres' },
  warmup: 4000,
  needs: NEEDS,
  byDefault: false,
  actions: ['observe', 'trace'],
  limits: [
    {
      action: 'block',
      why: 'each new connection begins with a read of its own: refused and fresh connections can not be compared',
    },
  ],
  ready: { kind: 'listens', line: /database system is ready to accept connections/ },
  stopSignal: 'SIGINT',
  probe: () =>
    programSupport('postgres', { apt: 'postgresql', needs: NEEDS, version: ['--version'], folders: folders() }),
  prepare,
  command: ({ ipv4, port, dir }) => ({
    file: programPath('postgres', folders()) ?? 'postgres',
    args: [
      ...['-D', join(dir, 'data')],
      ...Object.entries({
        ...{ listen_addresses: ipv4, port, unix_socket_directories: '', hba_file: join(dir, 'hba') },
        ...{ max_connections: 20, shared_buffers: '16MB', fsync: 'off', autovacuum: 'off', logging_collector: 'off' },
      }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
  }),
};

/** the newest first */
function folders(): string[] {
  if (!existsSync(VERSIONS)) return [];
  const versions = readdirSync(VERSIONS).filter((name) => /^\d+$/.test(name));
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(VERSIONS, version, 'bin'));
}

/** of the fork under way: made once, then copied for each instance */
let made: { readonly dir: string; readonly done: Promise<void> } | null = null;

async function prepare(place: SutPlace): Promise<void> {
  if (place.runAs === undefined && process.getuid?.() === 0)
    throw new BenchError('unsupported', 'PostgreSQL does not run as root', {
      nextStep: 'let SUTs run as a user without rights: leave --run-as self out',
    });
  const template = join(dirname(place.dir), 'postgres-template');
  if (made?.dir !== template) made = { dir: template, done: makeData(template, place) };
  await made.done;
  const data = join(place.dir, 'data');
  cpSync(template, data, { recursive: true, preserveTimestamps: true });
  chmodSync(data, 0o700);
  await writeFile(join(place.dir, 'hba'), `host all ${POSTGRES_USER} samenet trust\n`, { mode: 0o600 });
}

/** initdb as an account with a name, in the group that may reach the folder */
async function makeData(dir: string, { runAs }: SutPlace): Promise<void> {
  const initdb = join(dirname(programPath('postgres', folders()) ?? ''), 'initdb');
  const options = ['-U', POSTGRES_USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--wal-segsize=1'];
  mkdirSync(dir, { mode: 0o700 });
  const words = [initdb, '-D', dir, ...options];
  const account = runAs === undefined ? null : accountId();
  if (account !== null) giveFolder(dir, { uid: account, gid: runAs!.gid });
  await must(
    account === null ? words : ['setpriv', `--reuid=${account}`, `--regid=${runAs!.gid}`, '--clear-groups', ...words],
  );
}

/** @throws BenchError unsupported */
function accountId(): number {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const ids = ACCOUNTS.flatMap((name) => lines.find((line) => line.startsWith(`${name}:`))?.split(':')[2] ?? []);
  if (ids[0] !== undefined) return Number(ids[0]);
  throw new BenchError('unsupported', `initdb needs an account with a name: there is no ${ACCOUNTS.join(' and no ')}`);
}

async function must([file, ...args]: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runCommand(file!, args, { timeoutMs: INITDB_TIMEOUT_MS });
  if (exitCode === 0) return;
  throw new BenchError('sut-unready', `the data of PostgreSQL could not be made: ${file} ended with ${exitCode}`, {
    nextStep: 'run it by hand; hookbench doctor shows which PostgreSQL is used',
    detail: `${stdout}\n${stderr}`.trim().slice(-2000),
  });
}
