import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startGenerator } from '../../../agent/load/generator.ts';
import { BINARY, build, failure, spawnPort } from './support.ts';

await build('agent/load/native');

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: 0\r\n\r\n');

const driver = suite('load driver');

driver('a program that is not there, ends or babbles is named', async () => {
  const from = (binary: string): ReturnType<typeof failure> =>
    failure(startGenerator({ binary, cpu: null, spawn: spawnPort }));
  const missing = await from('/no/such/hookbench-load');
  assert.is(missing.code, 'generator-died');
  assert.match(missing.message, /could not be started/);
  assert.match((await from('/bin/false')).message, /ended with exit code 1/);
  const babbling = await failure(
    startGenerator({ binary: 'x', cpu: null, spawn: (_file, _args, o) => spawnPort('echo', ['hello'], o) }),
  );
  assert.is(babbling.code, 'protocol');
  assert.match(babbling.message, /no frame starts here/);
});

driver('a core that is not there is said, with the last lines of stderr', async () => {
  const error = await failure(startGenerator({ binary: BINARY, cpu: 1000, spawn: spawnPort }));
  assert.match(error.message, /can't pin to core 1000/);
  assert.match(error.stderrTail, /can't pin/);
  const fallback = await startGenerator({ binary: null, cpu: 1000, spawn: spawnPort });
  assert.is(fallback.cpu, null);
  await fallback.stop();
});

driver('asks nothing that can not be done', async () => {
  const generator = await startGenerator({ binary: BINARY, cpu: null, spawn: spawnPort });
  const run = { step: 0, order: new Uint8Array(1), settle: 0, reconnect: false, timeoutMs: 100 };
  const http = { id: 0, ipv4: '127.0.0.1', port: 9, protocol: 'http' } as const;
  const refused = async (work: Promise<unknown>, message: RegExp): Promise<void> => {
    const error = await failure(work);
    assert.is(error.code, 'bad-request');
    assert.match(error.message, message);
  };
  await refused(generator.run(run), /payload 0 was not set/);
  await generator.setPayload(0, REQUEST);
  await refused(generator.run(run), /target 0 was not set/);
  await refused(generator.setTarget({ ...http, id: 64 }), /target id 64/);
  await refused(generator.setTarget({ ...http, ipv4: 'localhost' }), /not an IPv4/);
  await refused(generator.setTarget({ ...http, port: 0 }), /port 0/);
  await refused(generator.setPayload(0, Buffer.alloc(0)), /payload of 0 bytes/);
  await generator.setTarget(http);
  await refused(generator.run({ ...run, order: Uint8Array.of(0x40) }), /bit 6/);
  await refused(generator.run({ ...run, order: new Uint8Array(0) }), /0 units/);
  await refused(generator.run({ ...run, order: Uint8Array.of(0x80) }), /payload 1 was not set/);
  await refused(generator.run({ ...run, settle: 2 }), /payload 1 was not set/);
  await refused(generator.run({ ...run, timeoutMs: 0 }), /timeout 0 ms/);
  await generator.setTarget({ ...http, protocol: 'burst', requestsPerUnit: 60_000 });
  await refused(generator.run(run), /a burst of \d+ bytes/);
  await generator.stop();
});

driver.run();
