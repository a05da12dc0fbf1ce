/** Certificates as Kubernetes mounts a Secret of cert-manager: links into a dated folder, swapped all at once by a rename. */

import { chmodSync, copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { channelCredentials, explainTls, readTlsFolder, TlsFolder } from '#proto';
import { Bench, greet, list } from './support.ts';

const volume = suite<{ bench: Bench }>('controller/security secret volume');
volume.before.each(async (context) => {
  context.bench = new Bench();
  await context.bench.certificates();
});
volume.after.each(({ bench }) => bench.close());

const FILES = ['tls.crt', 'tls.key', 'ca.crt'];

/** what kubelet does: a new folder, a link beside, one rename, the old folder gone */
function mount(bench: Bench, name: string, from: string, keyMode = 0o440): void {
  const dir = bench.path(name);
  const dated = `..2026_${readdirSync(bench.dir).length}_${from}`;
  mkdirSync(join(dir, dated), { recursive: true });
  for (const file of FILES) copyFileSync(join(bench.path(from), file), join(dir, dated, file));
  chmodSync(join(dir, dated, 'tls.key'), keyMode);
  symlinkSync(dated, join(dir, '..data_tmp'));
  renameSync(join(dir, '..data_tmp'), join(dir, '..data'));
  for (const file of FILES) if (!readdirSync(dir).includes(file)) symlinkSync(join('..data', file), join(dir, file));
  for (const old of readdirSync(dir))
    if (old.startsWith('..2026') && old !== dated) rmSync(join(dir, old), { recursive: true });
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

volume('both ends read it, and take what is swapped in without a restart', async ({ bench }) => {
  mount(bench, 'controller-volume', 'controller');
  mount(bench, 'agent-volume', 'agent');
  await bench.start('controller-volume');
  const folder = bench.folder('agent-volume', 'agent');
  const credentials = await channelCredentials(`127.0.0.1:${bench.port}`, folder);
  assert.is(await greet(bench.client(credentials)), 'welcome');

  // a new CA altogether: what was there before would be refused now
  await bench.issue('controller-2', 'controller', '', { ca: 'other-ca', hosts: ['127.0.0.1'] });
  await bench.issue('agent-2', 'agent', 'node-1', { ca: 'other-ca' });
  const before = folder.material.fingerprint;
  mount(bench, 'controller-volume', 'controller-2');
  mount(bench, 'agent-volume', 'agent-2');
  await until('the agent has new ones', () => folder.material.fingerprint !== before);
  await until('both said so', () => bench.log.filter((line) => line.startsWith('new certificates from')).length === 2);
  assert.is(await greet(bench.client(credentials)), 'welcome');
  assert.match(await greet(bench.client(await bench.credentials('agent', 'agent'))), /^(14|7) /);
});

volume('a key that everyone can read, which is the default of a Secret, is refused and told', ({ bench }) => {
  mount(bench, 'open', 'agent', 0o644);
  assert.throws(
    () => readTlsFolder(bench.path('open'), 'agent'),
    /tls\.key can be read or written by others \(mode 0644\)/,
  );
  assert.throws(() => new TlsFolder({ dir: bench.path('open'), role: 'agent', log: () => undefined }), /by others/);
});

volume('a controller dialled under a name that is not in its certificate is refused', async ({ bench }) => {
  await bench.issue('elsewhere', 'controller', '', { hosts: ['bench.example.org', '10.9.8.7'] });
  await bench.start('elsewhere');
  const said = await list(bench.client(await bench.credentials('cli', 'cli')));
  assert.match(said, /^14 .*(does not match certificate|altnames)/i);
  assert.match(explainTls(said), /not for the address that was dialled.*--host/);
  assert.equal(bench.agents.hellos(), []);
});

volume('no TLS session is resumed: a certificate is looked at each time', async ({ bench }) => {
  await bench.start();
  const { cert, key, ca } = bench.folder('agent', 'agent').material;
  const dial = (session?: Buffer) =>
    new Promise<{ reused: boolean; sessions: Buffer[] }>((resolve, reject) => {
      const sessions: Buffer[] = [];
      const o = {
        host: '127.0.0.1',
        port: bench.port,
        cert,
        key,
        ca,
        ALPNProtocols: ['h2'],
        checkServerIdentity: () => undefined,
      };
      const socket = connect({ ...o, ...(session !== undefined && { session }) });
      socket.on('session', (one: Buffer) => sessions.push(one)).on('error', reject);
      socket.once('secureConnect', () =>
        setTimeout(() => {
          resolve({ reused: socket.isSessionReused(), sessions });
          socket.destroy();
        }, 200),
      );
    });
  const first = await dial();
  for (const session of first.sessions) assert.is((await dial(session)).reused, false);
});

volume.run();
