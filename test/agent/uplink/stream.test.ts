// The agent's Uplink against the controller's Agents, over real gRPC on loopback.
import { setTimeout as sleep } from 'node:timers/promises';
import type { handleBidiStreamingCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AgentMessage, type ControllerMessage, u32Column } from '../../../proto/index.ts';
import { random } from '../../helpers/random.ts';
import {
  call,
  cuttingProxy,
  hello,
  IDS,
  samples,
  serve,
  startController,
  Target,
  until,
  uplinkTo,
  withClosers,
} from './support.ts';

const stream = suite('uplink and ingest');

const sequences = (target: Target) => target.records.map((record) => record.sequence);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

for (const seed of [1, 2]) {
  stream(`every record arrives once and in order through a line that is cut again and again (seed ${seed})`, () =>
    withClosers(async (later) => {
      const target = new Target();
      const controller = await startController(target);
      later(controller.stop);
      const proxy = await cuttingProxy(controller.port, { seed, cuts: 12, bytes: [1500, 600_000] });
      later(proxy.close);
      const agent = uplinkTo(proxy.port);
      later(agent.close);
      agent.uplink.connect();
      const { uniform } = random(seed + 100);
      const sizes = Array.from({ length: 240 }, () => (uniform() < 0.3 ? 0 : Math.floor(8193 * uniform())));
      for (const [i, n] of sizes.entries()) {
        const detail = `record ${i + 1}`;
        agent.uplink.send(IDS, n === 0 ? { body: 'note', note: { code: 'n', detail } } : samples(n, i));
        if (i % 8 === 0) await sleep(uniform() * 20);
      }
      const all = await agent.uplink.drained(25_000);
      assert.ok(
        all,
        `${target.records.length} of 240 after ${proxy.cuts()} cuts; ${agent.seen.refused} ${controller.log}`,
      );
      assert.is(target.durable, 240, 'an ack came before its record was durable');
      assert.equal(sequences(target), upTo(240));
      assert.ok(proxy.cuts() >= 3, `the line was cut ${proxy.cuts()} times`);
      assert.equal(agent.seen.refused, []);
      for (const [i, record] of target.records.entries()) {
        if (record.body === 'note') assert.is(record.note.detail, `record ${i + 1}`);
        if (record.body !== 'samples') continue;
        assert.is(record.samples.n, sizes[i]);
        const latencies = u32Column(record.samples.latencyNs);
        assert.ok(latencies.every((latency, k) => latency === i + k));
        assert.is(record.samples.t0Ns, 2n ** 60n);
      }
    }),
  );
}

/** a target whose syncs wait until `open` is called */
function gatedTarget(): { target: Target; open: () => void } {
  const target = new Target();
  let open: () => void = () => undefined;
  target.gate = new Promise((resolve) => {
    open = resolve;
  });
  return { target, open };
}

stream('nothing is acknowledged before sync has resolved, not to an agent that comes back either', () =>
  withClosers(async (later) => {
    const { target, open } = gatedTarget();
    const controller = await startController(target);
    later(controller.stop);
    const agent = uplinkTo(controller.port);
    later(agent.close);
    agent.uplink.connect();
    for (const i of upTo(5)) agent.uplink.send(IDS, samples(i, i));
    await until('a sync under way', () => target.syncs > 0 && target.records.length === 5);
    assert.not(await agent.uplink.drained(200));
    const second = call(controller.port, [{ body: 'hello', hello: hello() }]);
    later(second.close);
    await until('a welcome', () => second.got.length > 0);
    assert.equal(second.got[0], { body: 'welcome', welcome: { durableSequence: 0, credits: 32 } });
    open();
    assert.ok(await agent.uplink.drained(3000));
    assert.is(target.durable, 5);
    const third = call(controller.port, [{ body: 'hello', hello: hello() }]);
    later(third.close);
    await until('a welcome', () => third.got.length > 0);
    assert.equal(third.got[0], { body: 'welcome', welcome: { durableSequence: 5, credits: 32 } });
  }),
);

stream('a sync that fails is tried again, and nothing is acknowledged until one succeeds', () =>
  withClosers(async (later) => {
    const target = new Target();
    target.failingSyncs = 2;
    const controller = await startController(target);
    later(controller.stop);
    const agent = uplinkTo(controller.port);
    later(agent.close);
    agent.uplink.connect();
    for (const i of upTo(20)) agent.uplink.send(IDS, samples(10, i));
    assert.ok(await agent.uplink.drained(8000), 'the agent waits for an ack that never comes');
    assert.is(target.durable, 20);
    assert.match(controller.log.join('\n'), /could not be made durable: disk full/);
  }),
);

stream('an ack for records that this stream has not sent again yet does not stop it', () =>
  withClosers(async (later) => {
    const took: number[][] = [];
    const connect: handleBidiStreamingCall<AgentMessage, ControllerMessage> = (duplex) => {
      const mine: number[] = [];
      took.push(mine);
      duplex.on('data', (message: AgentMessage) => {
        const credits = took.length === 1 ? 8 : 2;
        if (message.body === 'hello') duplex.write({ body: 'welcome', welcome: { durableSequence: 0, credits } });
        if (message.body !== 'record') return;
        mine.push(message.record.sequence);
        if (mine.length === 8 && took.length === 1) duplex.emit('error', { code: 14, details: 'break' });
        if (took.length === 1) return;
        const durableSequence = Math.max(8, message.record.sequence);
        duplex.write({ body: 'ack', ack: { durableSequence } });
      });
      duplex.on('error', () => undefined);
      duplex.on('end', () => duplex.end());
    };
    const server = await serve({ connect } as UntypedServiceImplementation);
    later(server.stop);
    const agent = uplinkTo(server.port);
    later(agent.close);
    agent.uplink.connect();
    for (const i of upTo(12)) agent.uplink.send(IDS, samples(1, i));
    assert.ok(await agent.uplink.drained(4000), `sent ${JSON.stringify(took)}`);
  }),
);

stream('an agent outlives its controller: the next one takes what comes after what was durable', () =>
  withClosers(async (later) => {
    const before = await startController(new Target());
    const agent = uplinkTo(before.port);
    later(agent.close);
    agent.uplink.connect();
    for (const i of upTo(3)) agent.uplink.send(IDS, samples(1, i));
    assert.ok(await agent.uplink.drained(3000));
    before.stop();
    const target = new Target();
    const after = await startController(target, before.port);
    later(after.stop);
    for (const i of upTo(2)) agent.uplink.send(IDS, samples(1, i));
    assert.ok(await agent.uplink.drained(8000), agent.seen.refused.join());
    assert.equal(sequences(target), [4, 5]);
    assert.is(agent.seen.broken.length >= 1, true);
  }),
);

stream('past the spool bound samples are dropped and counted, everything else is kept', () =>
  withClosers(async (later) => {
    const target = new Target();
    const controller = await startController(target);
    later(controller.stop);
    const agent = uplinkTo(controller.port, { spoolLimitBytes: 60_000 });
    later(agent.close);
    for (const i of upTo(9)) agent.uplink.send(IDS, samples(1000, i));
    agent.uplink.send(IDS, { body: 'note', note: { code: 'kept', detail: 'all the same' } });
    assert.is(agent.uplink.takeDropped(), 4000);
    assert.is(agent.uplink.takeDropped(), 0);
    agent.uplink.connect();
    assert.ok(await agent.uplink.drained(5000));
    assert.equal(sequences(target), upTo(6));
    assert.is(target.records[5]!.body, 'note');
    for (const i of upTo(4)) agent.uplink.send(IDS, samples(1000, i));
    assert.is(agent.uplink.takeDropped(), 0, 'what was acknowledged makes room');
    assert.ok(await agent.uplink.drained(5000));
  }),
);

stream('an ack that comes after close touches nothing', () =>
  withClosers(async (later) => {
    const { target, open } = gatedTarget();
    const controller = await startController(target);
    later(controller.stop);
    const agent = uplinkTo(controller.port);
    const thrown: unknown[] = [];
    const caught = (error: unknown) => thrown.push(error);
    process.on('uncaughtException', caught);
    later(() => process.off('uncaughtException', caught));
    agent.uplink.connect();
    agent.uplink.send(IDS, samples(1, 1));
    await until('a sync under way', () => target.syncs > 0);
    agent.close();
    open();
    await sleep(300);
    assert.equal(thrown, []);
  }),
);

stream.run();
