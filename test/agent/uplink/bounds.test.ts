// What either end does when the other one does not keep to the rules: floods, does not read, or is silently gone.
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CREDIT_BYTES } from '../../../controller/ingest/limits.ts';
import { type AgentMessage, type Assignment, CHANNEL_OPTIONS, encode, SERVER_OPTIONS } from '../../../proto/index.ts';
import { startProxy } from '../../helpers/proxy.ts';
import { call, hello, IDS, samples, startController, Target, until, uplinkTo, withClosers } from './support.ts';

const bounds = suite('bounds of the stream');

const greet = { body: 'hello', hello: hello() } as const;
const record = (sequence: number, n = 1): AgentMessage => ({
  body: 'record',
  record: { sequence, ...IDS, ...samples(n, 1) },
});
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

for (const [what, messages, says] of [
  ['records', upTo(40).map((n) => record(n)), /record 33 with 0 acknowledged, and no more than 32 may be under way/],
  [
    'bytes',
    upTo(8).map((n) => record(n, 65_536)),
    /record 7 makes \d+ bytes under way, and no more than 4194304 may be/,
  ],
] as const) {
  bounds(`an agent that ignores its credits in ${what} is refused with the reason`, () =>
    withClosers(async (later) => {
      const target = new Target();
      target.gate = new Promise(() => undefined);
      const controller = await startController(target);
      later(controller.stop);
      const agent = call(controller.port, [greet, ...messages]);
      later(agent.close);
      await until('its end', () => agent.ended.length > 0);
      assert.is(agent.ended[0]!.code, 8);
      assert.match(agent.ended[0]!.details, says);
      assert.is(target.records.length, messages.length === 40 ? 32 : 6);
      assert.is(controller.agents.counters().agents, 0);
    }),
  );
}

bounds('an agent that keeps to its credits waits for acks, in records and in bytes', () =>
  withClosers(async (later) => {
    const target = new Target();
    let open: () => void = () => undefined;
    target.gate = new Promise((resolve) => {
      open = resolve;
    });
    const controller = await startController(target);
    later(controller.stop);
    const agent = uplinkTo(controller.port);
    later(agent.close);
    agent.uplink.connect();
    for (const n of upTo(6)) agent.uplink.send(IDS, samples(65_536, n));
    agent.uplink.send(IDS, samples(65_536, 7));
    for (const n of upTo(60)) agent.uplink.send(IDS, samples(100, n));
    await until('what may be sent', () => target.records.length >= 6);
    await sleep(200);
    assert.is(target.records.length, 6);
    open();
    assert.ok(await agent.uplink.drained(5000), agent.seen.broken.join());
    assert.is(target.records.length, 67);
    assert.equal(agent.seen.broken, []);
  }),
);

const big = (id: string): Assignment => ({
  ...{ studyId: 's', assignmentId: id, fork: 0, condition: 'process', action: 'observe', blockErrno: '' },
  ...{ functions: [], keywords: [new Uint8Array(100_000)], requestBytes: 1, instances: [], steps: [] },
});

bounds(
  'an agent that stops reading is hung up on: only the newest ack waits for it, and its end of the stream is closed',
  () =>
    withClosers(async (later) => {
      const controller = await startController(new Target(), { agents: { times: { readWithinMs: 400 } } });
      later(controller.stop);
      const agent = call(controller.port, [greet]);
      later(agent.close);
      await until('a welcome', () => agent.got.length > 0);
      agent.duplex.pause();
      // more than both ends' windows and buffers take
      for (const n of upTo(40)) controller.agents.assign('agent', big(`a${n}`));
      agent.write(record(1));
      await until('it is gone', () => controller.agents.hellos().length === 0);
      assert.match(controller.log.join('\n'), /it reads nothing for 0.4 s/);
      agent.duplex.resume();
      await until('the call has ended', () => agent.ended.length > 0);
      assert.is.not(agent.ended[0]!.code, 0);
    }),
);

bounds('an agent that does not read and is told ever more is hung up on at once', () =>
  withClosers(async (later) => {
    const controller = await startController(new Target());
    later(controller.stop);
    const agent = call(controller.port, [greet]);
    later(agent.close);
    await until('a welcome', () => agent.got.length > 0);
    agent.duplex.pause();
    for (const n of upTo(100)) controller.agents.assign('agent', big(`a${n}`));
    assert.equal(controller.agents.hellos(), []);
    agent.duplex.resume();
    await until('the call has ended', () => agent.ended.length > 0);
  }),
);

const progress = { ...IDS, doneSteps: 1, totalSteps: 2, text: 't' };
for (const [what, messages, code, says] of [
  [
    'progress',
    [greet, ...upTo(3000).map(() => ({ body: 'progress', progress }) as const)],
    8,
    /200 messages of progress/,
  ],
  ['two hellos', [greet, greet], 3, /a second hello/],
  ['no hello', [], 4, /no hello came within 0.3 s/],
] as const) {
  bounds(`a stream with ${what} is ended with the reason`, () =>
    withClosers(async (later) => {
      const controller = await startController(new Target(), { agents: { times: { helloWithinMs: 300 } } });
      later(controller.stop);
      const agent = call(controller.port, messages);
      later(agent.close);
      await until('its end', () => agent.ended.length > 0);
      assert.is(agent.ended[0]!.code, code);
      assert.match(agent.ended[0]!.details, says);
      assert.is(controller.agents.counters().waiting, 0);
    }),
  );
}

bounds('10,000 streams of one connection: as many as it may have are open, and the next agent is served', () =>
  withClosers(async (later) => {
    const controller = await startController(new Target());
    later(controller.stop);
    const headers = {
      ':method': 'POST',
      ':path': '/hookbench.v1.AgentStream/Connect',
      'content-type': 'application/grpc',
    };
    const most = SERVER_OPTIONS['grpc.max_concurrent_streams'];
    const waiting = () => controller.agents.counters().waiting;
    const open = (streams: number) => {
      const session = connect(`http://127.0.0.1:${controller.port}`);
      session.on('error', () => undefined);
      later(() => session.destroy());
      for (let i = 0; i < streams; i++) session.request(headers).on('error', () => undefined);
    };
    open(most + 10);
    await until('as many as there may be', () => waiting() === most);
    await sleep(50);
    assert.is(waiting(), most);
    open(10_000);
    const agent = uplinkTo(controller.port);
    later(agent.close);
    agent.uplink.connect();
    agent.uplink.send(IDS, samples(1, 1));
    assert.ok(await agent.uplink.drained(10_000));
    assert.ok(waiting() <= 2 * most, `${waiting()} streams`);
  }),
);

bounds('an agent that was let in may send as far ahead as its credits allow; a stranger may not', () =>
  withClosers(async (later) => {
    const controller = await startController(new Target());
    later(controller.stop);
    const windows: (number | undefined)[] = [];
    const session = connect(`http://127.0.0.1:${controller.port}`);
    session.on('error', () => undefined);
    session.on('remoteSettings', ({ initialWindowSize }) => windows.push(initialWindowSize));
    later(() => session.destroy());
    const stream = session.request({
      ...{ ':method': 'POST', ':path': '/hookbench.v1.AgentStream/Connect', 'content-type': 'application/grpc' },
    });
    stream.on('error', () => undefined).resume();
    await until('settings', () => windows.length > 0);
    assert.equal(windows, [65_535]);
    const message = encode('AgentMessage', greet);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.write(Buffer.concat([head, message]));
    await until('new settings', () => windows.length > 1);
    assert.equal(windows, [65_535, CREDIT_BYTES]);
  }),
);

bounds('a peer that is silently gone is found within 20 s', () => {
  for (const options of [CHANNEL_OPTIONS, SERVER_OPTIONS])
    assert.ok(options['grpc.keepalive_time_ms'] + options['grpc.keepalive_timeout_ms'] <= 20_000);
});

bounds('a line that goes silent is found out by both ends; when it heals every record arrives once', () =>
  withClosers(async (later) => {
    const keepalive = { 'grpc.keepalive_time_ms': 250, 'grpc.keepalive_timeout_ms': 250 };
    const target = new Target();
    const controller = await startController(target, { server: keepalive });
    later(controller.stop);
    const proxy = await startProxy(controller.port);
    later(proxy.close);
    const agent = uplinkTo(proxy.port, { uplink: { channelOptions: keepalive, welcomeMs: 400 } });
    later(agent.close);
    agent.uplink.connect();
    for (const n of upTo(10)) agent.uplink.send(IDS, samples(10, n));
    assert.ok(await agent.uplink.drained(3000));
    proxy.silence();
    for (const n of upTo(50)) agent.uplink.send(IDS, samples(10, n));
    await until('both ends know', () => agent.seen.broken.length > 0 && target.left.length > 0, 4000);
    // long enough for a new connection that goes nowhere
    await sleep(700);
    assert.is(target.records.length, 10);
    proxy.heal();
    assert.ok(await agent.uplink.drained(12_000), `${target.records.length} of 60; ${agent.seen.broken}`);
    assert.equal(
      target.records.map(({ sequence }) => sequence),
      upTo(60),
    );
  }),
);

bounds.run();
