/** A load generator on another node: real TLS, real generators, links that break. */

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadPeer } from '#proto';
import { startGenerator } from '../../../../agent/load/generator.ts';
import type { ChildPort } from '../../../../agent/load/port.ts';
import { remoteGenerator } from '../../../../agent/load/remote/connect.ts';
import type { LinkTimes } from '../../../../agent/load/remote/link.ts';
import { type LoadService, serveLoad } from '../../../../agent/load/remote/serve.ts';
import { encoded, MessageReader, MOST_BODY_BYTES } from '../../../../agent/load/remote/wire.ts';
import { Bench } from '../../../controller/security/support.ts';
import { startProxy } from '../../../helpers/proxy.ts';
import { BINARY, build, spawnPort, startSut } from '../support.ts';

await build('agent/load/native');
await build('sut');

const remote = suite('a load generator on another node');
const bench = new Bench();
const services: LoadService[] = [];
/** shorter than a busy machine may be silent: for links that are broken on purpose alone */
const TIMES = { aliveEveryMs: 50, giveUpAfterMs: 300 };
const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: 0\r\n\r\n');

remote.before(async () => {
  await bench.certificates();
  await bench.issue('far', 'agent', 'node-2');
  await bench.issue('stranger', 'agent', 'node-1', { ca: 'other-ca' });
});
remote.after(async () => {
  await Promise.all(services.map((service) => service.close()));
  bench.close();
});

interface Lent {
  readonly service: LoadService;
  readonly children: ChildPort[];
  readonly log: string[];
  readonly peer: LoadPeer;
}

async function lent(command: readonly string[] = [BINARY], times?: LinkTimes): Promise<Lent> {
  const [children, log]: [ChildPort[], string[]] = [[], []];
  const start = () => {
    const child = spawnPort(command[0]!, command.slice(1), {});
    children.push(child);
    return child;
  };
  const folder = bench.folder('far', 'agent');
  const service = await serveLoad({
    host: '127.0.0.1',
    port: 0,
    folder,
    log: (line) => log.push(line),
    start,
    look: async () => ({
      end: null,
      way: { route: 'link', device: 'eth0', deviceKind: '', missing: [] },
      meshProxies: [],
    }),
    ...(times !== undefined && { times }),
  });
  services.push(service);
  return { service, children, log, peer: { host: '127.0.0.1', port: service.port, node: 'node-2' } };
}

const own = (name = 'agent', role: 'agent' | 'cli' = 'agent') => ({ folder: bench.folder(name, role) });
const brief = () => ({ ...own(), times: TIMES });

remote('measures as one of this node does, and ends when it is told', async () => {
  const { service, children, peer } = await lent();
  const sut = await startSut('node-hello');
  const generator = await startGenerator({ binary: BINARY, cpu: null, spawn: () => remoteGenerator(peer, own()) });
  assert.is(generator.pid, 0, 'no process of this node');
  for (const kind of [0, 1] as const) await generator.setPayload(kind, REQUEST);
  await generator.setTarget({ id: 0, ipv4: '127.0.0.1', port: sut.port, protocol: 'http', expect: 'serve' });
  const order = new Uint8Array(3000);
  const { frames, counters } = await generator.run({ step: 7, order, settle: 5, reconnect: false, timeoutMs: 5000 });
  const latencies = frames.flatMap(({ latencyNs }) => [...latencyNs]);
  assert.is(latencies.length, 3005, 'those that settle the connection too');
  assert.ok(latencies.every((ns) => ns > 0));
  assert.is(counters[0]?.requests, 3005);
  assert.is(service.running, 1);
  await generator.stop();
  assert.equal(await children[0]!.exited, { exitCode: 0, signal: null });
  for (let i = 0; service.running > 0 && i < 100; i++) await sleep(10);
  assert.is(service.running, 0);
  await sut.stop();
});

remote('a run is ended early from here', async () => {
  const { peer } = await lent();
  const sut = await startSut('node-hello');
  const generator = await startGenerator({ binary: BINARY, cpu: null, spawn: () => remoteGenerator(peer, own()) });
  for (const kind of [0, 1] as const) await generator.setPayload(kind, REQUEST);
  await generator.setTarget({ id: 0, ipv4: '127.0.0.1', port: sut.port, protocol: 'http', expect: 'serve' });
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 200);
  const run = { step: 1, order: new Uint8Array(1_000_000), settle: 0, reconnect: false, timeoutMs: 5000 };
  const error = await generator.run({ ...run, signal: abort.signal }).then(
    () => null,
    (cause: { code: string }) => cause,
  );
  assert.is(error?.code, 'aborted', String(error));
  await generator.stop();
  await sut.stop();
});

remote('ends with its connection, whoever breaks it', async () => {
  const { service, children, log, peer } = await lent(['sleep', '1000'], TIMES);
  const proxy = await startProxy(service.port);
  const through = { ...peer, port: proxy.port };
  const cut = await remoteGenerator(through, brief());
  proxy.cutAll();
  assert.equal(await cut.exited, { exitCode: null, signal: null });
  assert.match(String(cut.stderr.read()), /the connection to the load generator on node-2 ended: /);
  assert.is((await children[0]!.exited).signal, 'SIGKILL');

  const silent = await remoteGenerator(through, brief());
  proxy.silence();
  assert.equal(await silent.exited, { exitCode: null, signal: null });
  assert.match(String(silent.stderr.read()), /nothing was heard for 0\.3 s/);
  assert.is((await children[1]!.exited).signal, 'SIGKILL', 'the other end gives up as well');
  assert.ok(
    log.some((line) => /agent node-1 no longer uses .*: nothing was heard/.test(line)),
    log.join('\n'),
  );
  proxy.close();
});

remote('who is slow to read slows the generator, and no end keeps what was not read', async () => {
  const { children, peer } = await lent(['yes', 'x'.repeat(1000)], TIMES);
  const generator = await remoteGenerator(peer, brief());
  const written = () => Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${children[0]!.pid}/io`, 'utf8'))?.[1]);
  let before = -1;
  for (let i = 0; i < 100 && written() !== before; i++) {
    before = written();
    await sleep(200);
  }
  assert.is(written(), before, 'it waits');
  assert.ok(before > 0 && before < 32 * 2 ** 20, `${before} bytes are on the way`);
  await sleep(2 * TIMES.giveUpAfterMs);
  generator.stdout.resume();
  for (let i = 0; i < 100 && written() === before; i++) await sleep(50);
  assert.ok(written() > before, 'and goes on, though nothing was read for longer than the other end is waited for');
  generator.kill('SIGKILL');
  assert.is((await generator.exited).signal, 'SIGKILL');
});

remote('only an agent of the same CA, and only with the one that was named', async () => {
  const { service, peer, log } = await lent(['sleep', '1000']);
  const refusal = (to: LoadPeer, o = own()) =>
    remoteGenerator(to, o).then(
      () => 'taken',
      (error: Error) => error.message,
    );
  assert.match(await refusal(peer, own('cli', 'cli')), /no load generator on node-2 /);
  assert.ok(
    log.some((line) => line.includes('its certificate is not an agent’s')),
    log.join('\n'),
  );
  assert.match(await refusal(peer, own('stranger')), /no load generator on node-2 /);
  assert.match(await refusal({ ...peer, node: 'node-3' }), /the certificate there is of agent node-2/);
  assert.match(await refusal({ ...peer, port: 1 }), /ECONNREFUSED/);
  assert.is(service.running, 0);
  const taken = [await remoteGenerator(peer, own()), await remoteGenerator(peer, own())];
  assert.match(await refusal(peer), /no load generator on node-2 /, 'a third at once');
  for (const one of taken) one.kill('SIGKILL');
  await Promise.all(taken.map(({ exited }) => exited));
});

remote('nonsense ends a connection, and starts nothing else', async () => {
  const { service, children, peer } = await lent(['cat']);
  const { cert, key, ca } = bench.folder('agent', 'agent').material;
  for (const bytes of [
    Buffer.from([200, 0, 0, 0, 0]),
    Buffer.from([1, 255, 255, 255, 255]),
    Buffer.concat([...encoded('started')]),
    Buffer.concat([...encoded('signal', Buffer.from('SIGSTOP'))]),
  ]) {
    const socket = connect({ host: peer.host, port: peer.port, cert, key, ca, checkServerIdentity: () => undefined });
    socket.on('error', () => undefined).resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(bytes);
    await closed;
    assert.is((await children.at(-1)!.exited).signal, 'SIGKILL');
  }
  assert.is(children.length, 4);
  for (let i = 0; service.running > 0 && i < 100; i++) await sleep(10);
  assert.is(service.running, 0);
});

remote('messages are whole whatever pieces they come in', () => {
  const long = Buffer.alloc(MOST_BODY_BYTES * 2 + 5, 7);
  const bytes = Buffer.concat([
    ...encoded('stdin', long),
    ...encoded('stdin-end'),
    ...encoded('exit', Buffer.from('0 -')),
  ]);
  for (const step of [997, 65_536, bytes.length]) {
    const reader = new MessageReader();
    const found = [];
    for (let at = 0; at < bytes.length; at += step) found.push(...reader.push(bytes.subarray(at, at + step)));
    assert.equal(
      found.map(({ kind }) => kind),
      ['stdin', 'stdin', 'stdin', 'stdin-end', 'exit'],
      `by ${step}`,
    );
    assert.ok(Buffer.concat(found.slice(0, 3).map(({ body }) => body)).equals(long), `by ${step}`);
  }
});

remote.run();
