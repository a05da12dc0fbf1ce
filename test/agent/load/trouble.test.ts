import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fallbackCommand, nativeCommand } from '../../../agent/load/command.ts';
import { type LoadError, type LoadGenerator, startGenerator } from '../../../agent/load/generator.ts';
import { isServing } from '../../helpers/serving.ts';
import { BINARY, build, failure, spawnPort, startServer, startSut } from './support.ts';

await Promise.all([build('sut'), build('agent/load/native')]);

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: 0\r\n\r\n');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** waits for the load generator's connection */
async function connected(sut: Awaited<ReturnType<typeof startSut>>): Promise<void> {
  while (!isServing(sut.process.pid ?? 0)) await new Promise((resolve) => setTimeout(resolve, 20));
}

const samplesIn = (error: LoadError): number => error.frames.reduce((n, f) => n + f.latencyNs.length, 0);

for (const [title, binary] of [
  ['C generator in trouble', BINARY],
  ['Node fallback in trouble', null],
] as const) {
  const trouble = suite<{ generator: LoadGenerator }>(title);
  const start = (): Promise<LoadGenerator> => startGenerator({ binary, cpu: null, spawn: spawnPort });

  trouble.before(async (context) => {
    context.generator = await start();
    await context.generator.setPayload(0, REQUEST);
    await context.generator.setPayload(1, REQUEST);
  });
  trouble.after(async (context) => {
    await context.generator.stop();
  });

  const toward = async (
    generator: LoadGenerator,
    port: number,
    units: number,
    timeoutMs = 5000,
  ): Promise<LoadError> => {
    await generator.setTarget({ id: 5, ipv4: '127.0.0.1', port, protocol: 'http' });
    const order = new Uint8Array(units).fill(5);
    return failure(generator.run({ step: 2, order, settle: 0, reconnect: true, timeoutMs }));
  };

  trouble('a SUT that dies mid-run: named, and what was measured is kept', async ({ generator }) => {
    const sut = await startSut('node-hello');
    const run = toward(generator, sut.port, 1_000_000);
    await connected(sut);
    setTimeout(() => sut.process.kill('SIGKILL'), 300);
    const error = await run;
    assert.is(error.code, 'target');
    assert.is(error.targetId, 5);
    assert.match(error.message, new RegExp(`^target 5 \\(127\\.0\\.0\\.1:${sut.port}\\): closed by the SUT`));
    assert.ok(samplesIn(error) > 0);
    assert.is(error.counters[0]?.units, samplesIn(error));
    const after = await toward(generator, sut.port, 1);
    assert.match(after.message, /connect failed: .*refused/i);
    assert.is(samplesIn(after), 0);
  });

  trouble('a server that stops answering: no answer in time', async ({ generator }) => {
    let seen = 0;
    const server = await startServer((socket) => {
      socket.on('data', () => {
        if (++seen <= 3) socket.write(OK);
      });
    });
    const error = await toward(generator, server.port, 10, 200);
    server.stop();
    assert.match(error.message, /^target 5 .*: no answer in 200 ms$/);
    assert.is(samplesIn(error), 3);
    assert.equal(error.counters, [
      {
        target: 5,
        reconnects: 1,
        requests: 4,
        bytesSent: 4 * REQUEST.length,
        hitsSent: 0,
        bytesReceived: 3 * OK.length,
        units: 3,
      },
    ]);
  });

  const answers: [string, string, RegExp][] = [
    ['garbage', '\u0000\u0001 what?\r\n\r\n', /bad response: it does not start with HTTP/],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', /bad response: Transfer-Encoding \(chunked\)/],
    ['no length', 'HTTP/1.1 200 OK\r\nServer: x\r\n\r\n', /bad response: no Content-Length/],
    ['a strange length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', /unreadable Content-Length/],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', /unreadable Content-Length/],
    ['an error status', 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n', /bad response: status 503/],
    ['no status', 'HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n', /bad response: no status/],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', /HTTP\/1\.0, keep-alive needs 1\.1/],
    ['close', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n', /Connection: close/],
    ['too much', `${OK}more`, /more bytes than its Content-Length/],
    ['an endless head', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(12_000)}`, /head is over 65536 bytes/],
  ];
  trouble('answers that are no usable response are named', async ({ generator }) => {
    for (const [name, answer, message] of answers) {
      const server = await startServer((socket) => socket.on('data', () => socket.write(answer)));
      const error = await toward(generator, server.port, 3);
      server.stop();
      assert.match(error.message, message, name);
      assert.is(error.targetId, 5, name);
      assert.is(samplesIn(error), 0, name);
    }
  });

  trouble('a response in single bytes, with odd spelling and a long body, is taken', async ({ generator }) => {
    const answer = `HTTP/1.1 204 fine\r\ncontent-LENGTH:   70000 \r\nX: y\r\n\r\n${'z'.repeat(70_000)}`;
    const server = await startServer((socket) =>
      socket.on('data', () => {
        for (let i = 0; i < 60; i++) setImmediate(() => socket.write(answer[i]!));
        setTimeout(() => socket.write(answer.slice(60)), 20);
      }),
    );
    await generator.setTarget({ id: 6, ipv4: '127.0.0.1', port: server.port, protocol: 'http' });
    const order = new Uint8Array(3).fill(6);
    const { counters } = await generator.run({ step: 2, order, settle: 0, reconnect: true, timeoutMs: 5000 });
    server.stop();
    assert.is(counters[0]?.bytesReceived, 3 * answer.length);
  });

  trouble('an idle connection that the SUT ended is opened again', async ({ generator }) => {
    const server = await startServer((socket) => {
      socket.on('data', () => {
        socket.write(OK);
        setTimeout(() => socket.end(), 30);
      });
    });
    await generator.setTarget({ id: 7, ipv4: '127.0.0.1', port: server.port, protocol: 'http' });
    for (let i = 0; i < 2; i++) {
      const order = new Uint8Array(1).fill(7);
      const { counters } = await generator.run({ step: 2, order, settle: 0, reconnect: false, timeoutMs: 5000 });
      assert.is(counters[0]?.reconnects, 1);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    server.stop();
  });

  trouble('an abort ends the run, keeps the samples and the generator', async ({ generator }) => {
    const sut = await startSut('node-hello');
    await generator.setTarget({ id: 1, ipv4: '127.0.0.1', port: sut.port, protocol: 'http' });
    const order = new Uint8Array(1_000_000).fill(1);
    const run = { step: 3, order, settle: 0, reconnect: false, timeoutMs: 5000 };
    const abort = new AbortController();
    const running = failure(generator.run({ ...run, signal: abort.signal }));
    await connected(sut);
    setTimeout(() => abort.abort(), 300);
    const error = await running;
    assert.is(error.code, 'aborted');
    assert.ok(samplesIn(error) > 0);
    assert.is(error.counters[0]?.units, samplesIn(error));
    const early = await failure(generator.run({ ...run, signal: AbortSignal.abort() }));
    assert.is(early.code, 'aborted');
    const after = await generator.run({ ...run, order: order.subarray(0, 10) });
    assert.is(after.counters[0]?.units, 10);
    await sut.stop();
  });

  trouble('an abort while nothing answers does not wait for the timeout', async ({ generator }) => {
    const server = await startServer(() => undefined);
    await generator.setTarget({ id: 1, ipv4: '127.0.0.1', port: server.port, protocol: 'http' });
    const run = { step: 3, order: new Uint8Array(1).fill(1), settle: 0, reconnect: false, timeoutMs: 600_000 };
    const error = await failure(generator.run({ ...run, signal: AbortSignal.timeout(100) }));
    server.stop();
    assert.is(error.code, 'aborted');
  });

  trouble('the generator killed mid-run: its end is said, and later calls fail too', async () => {
    const own = await start();
    await own.setPayload(0, REQUEST);
    const server = await startServer(() => undefined);
    await own.setTarget({ id: 0, ipv4: '127.0.0.1', port: server.port, protocol: 'http' });
    const run = { step: 1, order: new Uint8Array(10), settle: 0, reconnect: false, timeoutMs: 600_000 };
    const running = failure(own.run(run));
    setTimeout(() => process.kill(own.pid, 'SIGKILL'), 50);
    const error = await running;
    assert.is(error.code, 'generator-died');
    assert.is(error.signal, 'SIGKILL');
    assert.match(error.message, new RegExp(`pid ${own.pid}\\) was ended by SIGKILL`));
    assert.is((await failure(own.run(run))).code, 'generator-died');
    await own.stop();
    server.stop();
  });

  trouble('stop in the middle of a run ends it at once', async () => {
    const own = await start();
    await own.setPayload(0, REQUEST);
    const server = await startServer(() => undefined);
    await own.setTarget({ id: 0, ipv4: '127.0.0.1', port: server.port, protocol: 'http' });
    const run = { step: 1, order: new Uint8Array(10), settle: 0, reconnect: false, timeoutMs: 600_000 };
    const running = failure(own.run(run));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await own.stop();
    assert.match((await running).message, /was stopped/);
    await own.stop();
    server.stop();
  });

  trouble(
    'the program ends cleanly at end of input, at quit, at SIGTERM, and with 2 at a line it cannot read',
    async () => {
      const endings: [string, (child: ReturnType<typeof spawnPort>) => void, number][] = [
        ['end of input', (child) => child.stdin.end(), 0],
        ['quit', (child) => child.stdin.write('quit\n'), 0],
        ['SIGTERM', (child) => child.kill(), 0],
        ['unknown', (child) => child.stdin.write('fly 1 2\n'), 2],
        ['bad target', (child) => child.stdin.write('target 64 127.0.0.1 80 http 1\n'), 2],
        ['no address', (child) => child.stdin.write('target 1 localhost 80 http 1\n'), 2],
        ['bad payload', (child) => child.stdin.write('payload 2 5\nabcde'), 2],
        ['bad run', (child) => child.stdin.write('run 1 2 3 2 5\nab'), 2],
        ['endless line', (child) => child.stdin.write('x'.repeat(5000)), 2],
      ];
      const command = (binary === null ? fallbackCommand(null) : nativeCommand(binary, null))[0]!;
      const ended = endings.map(async ([name, act, exitCode]) => {
        const child = spawnPort(command.file, command.args, {});
        child.stdin.on('error', () => undefined);
        await new Promise((resolve) => child.stdout.once('data', resolve));
        child.stdout.resume();
        act(child);
        assert.equal(await child.exited, { exitCode, signal: null }, name);
      });
      await Promise.all(ended);
    },
  );

  trouble.run();
}
