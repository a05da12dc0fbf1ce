import { connect } from 'node:net';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { build, hasJavaHello, ROOT, type SutName, startSut } from '../agent/load/support.ts';

await build('sut');
const http: SutName[] = hasJavaHello() ? ['java-hello', 'java-nio', 'node-hello'] : ['node-hello'];
if (!hasJavaHello()) console.log('skipped: java-hello and java-nio, because this machine has no javac');

const sut = suite('sut');

for (const name of http) {
  sut(`${name} answers any request as the contract says`, async () => {
    const server = await startSut(name);
    const url = `http://127.0.0.1:${server.port}`;
    for (const [method, path] of [
      ['GET', '/'],
      ['POST', '/a/b?c=d'],
      ['DELETE', '/wp-admin.php'],
      ['PUT', '/%20'],
    ] as const) {
      const answer = await fetch(`${url}${path}`, {
        method,
        ...(method === 'POST' ? { body: 'x'.repeat(70_000) } : {}),
      });
      assert.is(answer.status, 200, `${method} ${path}`);
      assert.is(answer.headers.get('content-length'), '12');
      assert.is(await answer.text(), 'Hello World\n');
    }
    const head = await fetch(url, { method: 'HEAD' });
    assert.is(head.headers.get('content-length'), '12');
    assert.is(await server.stop(), 0);
  });
}

for (const name of [...http, 'read-loop'] as SutName[]) {
  sut(`${name} names its pid and port, takes a given port, and says when it is taken`, async () => {
    const first = await startSut(name, { HOOKBENCH_PORT: '0' });
    assert.is(first.pid, first.process.pid);
    await refused(name, String(first.port), new RegExp(`^${name}: can't listen on 127.0.0.1 port ${first.port}: .`));
    assert.is(await first.stop(), 0);
    const again = await startSut(name, { HOOKBENCH_PORT: String(first.port) });
    assert.is(again.port, first.port);
    assert.is(await again.stop(), 0);
  });
}

for (const name of [...http, 'read-loop'] as SutName[]) {
  sut(`${name} listens on the address that it is given, and on no other`, async () => {
    const there = await startSut(name, { HOOKBENCH_LISTEN: '127.0.0.2' });
    const answers = [await reached('127.0.0.2', there.port), await reached('127.0.0.1', there.port)];
    assert.is(await there.stop(), 0);
    assert.equal(answers, [true, false]);
    const why = await startSut(name, { HOOKBENCH_LISTEN: 'localhost' }).then(() => 'it took a name', String);
    assert.match(why, new RegExp(`${name} ended with 1: ${name}: .*is not an IPv4 address`));
  });
}

for (const name of [...http, 'read-loop'] as SutName[]) {
  sut(`${name} starts with a preloaded library, and with one that is not there`, async () => {
    for (const library of ['libm.so.6', '/no/such/library.so']) {
      const started = await startSut(name, { LD_PRELOAD: library });
      assert.is(await started.stop(), 0, library);
    }
  });
}

for (const name of ['node-hello', 'read-loop'] as const) {
  sut(`${name} refuses what is not a port`, async () => {
    await refused(name, 'x1', /HOOKBENCH_PORT "x1" is not a port/);
    await refused(name, '65536', /not a port/);
  });
}

sut('java-hello is skipped with a clear line where there is no javac', async () => {
  const made = await execa('make', ['-C', `${ROOT}sut`, 'JAVAC=no-such-javac']);
  assert.match(made.stdout, /java-hello skipped: no-such-javac not found/);
});

async function refused(name: SutName, port: string, message: RegExp): Promise<void> {
  try {
    const started = await startSut(name, { HOOKBENCH_PORT: port });
    await started.stop();
  } catch (error) {
    assert.match((error as Error).message, new RegExp(`${name} ended with 1: `));
    assert.match((error as Error).message.replace(/^.*?ended with 1: /s, ''), message);
    return;
  }
  assert.unreachable(`${name} started on port ${port}`);
}

function reached(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}

sut.run();
