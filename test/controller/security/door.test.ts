import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AGENT_STREAM, explainTls } from '#proto';
import { rotate, rotateAuthority } from '../../../controller/security/authority-folder.ts';
import { hello } from '../../helpers/plan.ts';
import { Bench, greet, list } from './support.ts';

const door = suite<{ bench: Bench }>('controller/security door');

door.before.each(async (context) => {
  context.bench = new Bench();
  await context.bench.certificates();
  await context.bench.start();
});
door.after.each(({ bench }) => bench.close());

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

door('each role may do its own things and not those of the others', async ({ bench }) => {
  const agent = bench.client(await bench.credentials('agent', 'agent'));
  const cli = bench.client(await bench.credentials('cli', 'cli'));
  assert.is(await greet(agent), 'welcome');
  assert.is(await list(cli), 'ok');
  assert.match(await list(agent), /^7 the certificate of agent node-1 may not look at agents and run studies/);
  assert.match(
    await greet(cli),
    /^7 the certificate of cli alice may not stream measurements.*next: hookbench certs issue agent/,
  );
  assert.ok(bench.log.some((line) => /cli alice may not stream/.test(line)));
});

door('an agent is who its certificate says', async ({ bench }) => {
  const agent = bench.client(await bench.credentials('agent', 'agent'));
  const said = await greet(agent, { agentId: 'node-2' });
  assert.match(
    said,
    /^7 the certificate is of agent node-1, and the hello says node-2; next: start it with --id node-1/,
  );
  assert.ok(bench.log.some((line) => line.includes('the hello says node-2')));
  assert.equal(bench.agents.hellos(), []);
});

door('another CA is refused on both ends, each saying why', async ({ bench }) => {
  // it trusts our controller, but its own certificate is from elsewhere: the folder as it is would not even be read
  await bench.issue('foreign', 'agent', 'node-1', { ca: 'other-ca' });
  const ca = readFileSync(bench.path('ca/ca.crt'));
  const [key, cert] = ['tls.key', 'tls.crt'].map((name) => readFileSync(bench.path(`foreign/${name}`)));
  const foreign = bench.client(credentials.createSsl(ca, key, cert));
  assert.match(await list(foreign), /^7 the certificate of agent node-1 is from a CA that is not trusted here/);
  assert.ok(bench.log.some((line) => /refused 127\.0\.0\.1:\d+: .*not trusted here; hookbench certs issue/.test(line)));
  // and who trusts only the other CA does not speak to our controller
  const said = await list(bench.client(await bench.credentials('foreign', 'agent')));
  assert.match(said, /^14 .*(self.signed|unable to)/i);
  assert.match(explainTls(said), /give both ends certificates of one CA/);
});

door('an expired certificate is refused on both ends, each saying why', async ({ bench }) => {
  await bench.issue('old', 'agent', 'node-1', { days: 0.00002 });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.throws(() => bench.folder('old', 'agent'), /expired on .* GMT/);
  const [ca, key, cert] = ['ca.crt', 'tls.key', 'tls.crt'].map((name) => readFileSync(bench.path(`old/${name}`)));
  const said = await list(bench.client(credentials.createSsl(ca!, key, cert)));
  assert.match(said, /^7 the certificate of agent node-1 has expired \(on /);
  assert.ok(bench.log.some((line) => /has expired.*hookbench certs rotate/.test(line)));
});

door('a connection lasts no longer than the certificate it was let in with', async ({ bench }) => {
  await bench.issue('short', 'agent', 'node-1', { days: 0.00004 });
  const client = bench.client(await bench.credentials('short', 'agent'));
  const { path, requestSerialize, responseDeserialize } = AGENT_STREAM.connect;
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  let ended = '';
  stream.on('error', (error: Error) => {
    ended = error.message;
  });
  stream.on('data', () => undefined);
  stream.write({ body: 'hello', hello: hello() });
  await until('connected', () => bench.agents.hellos().length === 1);
  await until('ended', () => /UNAVAILABLE|CANCELLED/.test(ended));
  await until('gone', () => bench.agents.hellos().length === 0);
});

door('no certificate, no TLS at all, and an agent in the place of the controller', async ({ bench }) => {
  const anonymous = bench.client(credentials.createSsl(readFileSync(bench.path('ca/ca.crt'))));
  assert.match(await list(anonymous), /^7 no certificate was shown/);
  const plain = await list(bench.client(credentials.createInsecure()));
  assert.match(plain, /^14 /);
  assert.match(explainTls(plain), /one end may speak TLS and the other not/);
  await until('the log', () => bench.log.some((line) => /no TLS handshake.*does it speak TLS/.test(line)));
  assert.throws(() => bench.folder('agent', 'controller'), /is of agent node-1; here one of role controller is needed/);
  const elsewhere = await list(bench.client(await bench.credentials('cli', 'cli'), '127.0.0.2'));
  assert.match(elsewhere, /^14 /);
});

door('who is refused never reaches a service, and is gone after a while', async ({ bench }) => {
  const socket = connect({ host: '127.0.0.1', port: bench.port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('error', () => undefined);
  socket.resume();
  await closed;
  assert.ok(bench.log.some((line) => /no certificate was shown/.test(line)));
});

door('new certificates are taken without a restart, broken ones are told and not taken', async ({ bench }) => {
  const agent = await bench.credentials('agent', 'agent');
  assert.is(await greet(bench.client(agent)), 'welcome');
  await rotateAuthority(bench.path('ca'), { days: 10, name: 'new ca' });
  for (const name of ['controller', 'agent']) {
    const before = bench.log.length;
    await rotate(bench.path(name), { ca: bench.path('ca'), days: 5 });
    await until(`${name} reloaded`, () =>
      bench.log.slice(before).some((line) => line.startsWith('new certificates from')),
    );
  }
  assert.is(await greet(bench.client(await bench.credentials('agent', 'agent'))), 'welcome');
  writeFileSync(bench.path('controller/tls.crt'), 'nothing');
  await until('told', () => bench.log.some((line) => /changed and can't be used, the ones before stay/.test(line)));
  assert.is(await greet(bench.client(await bench.credentials('agent', 'agent'))), 'welcome');
});

door.run();
