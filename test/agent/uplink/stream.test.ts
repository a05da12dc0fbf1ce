// The agent's Uplink against the controller's Agents, over real gRPC on loopback.
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControllerMessage, u32Column } from '../../../proto/index.ts';
import { startProxy } from '../../helpers/proxy.ts';
import { random } from '../../helpers/random.ts';
import {
  call,
  hello,
  IDS,
  samples,
  serveBy,
  startController,
  Target,
  until,
  uplinkTo,
  welcome,
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
      const proxy = await startProxy(controller.port, { seed, cuts: 12, bytes: [1500, 600_000] });
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
      assert.is(target.durableRecords, 240, 'an ack came before its record was durable');
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
    assert.equal(welcomed(second.got[0]), [0, 32, 2]);
    open();
    assert.ok(await agent.uplink.drained(3000));
    assert.is(target.durableRecords, 5);
    const third = call(controller.port, [{ body: 'hello', hello: hello() }]);
    later(third.close);
    await until('a welcome', () => third.got.length > 0);
    assert.equal(welcomed(third.got[0]), [5, 32, 2]);
  }),
);

const welcomed = (message: ControllerMessage | undefined) =>
  message?.body === 'welcome'
    ? [message.welcome.durableSequence, message.welcome.credits, message.welcome.protocol]
    : message?.body;

stream(
  'after a failed sync nothing is acknowledged as durable: the samples are lost, and the agent is told how many',
  () =>
    withClosers(async (later) => {
      const target = new Target();
      const controller = await startController(target);
      later(controller.stop);
      const agent = uplinkTo(controller.port);
      later(agent.close);
      agent.uplink.connect();
      for (const i of upTo(5)) agent.uplink.send(IDS, samples(10, i));
      assert.ok(await agent.uplink.drained(3000));
      target.failing = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
      for (const i of upTo(20)) agent.uplink.send(IDS, samples(10, i));
      assert.ok(await agent.uplink.drained(8000), 'the agent waits for an ack that never comes');
      // a disk that seems well again proves nothing of what a failed sync had dropped
      target.failing = null;
      assert.is(target.durableRecords, 5);
      assert.is(agent.uplink.counters().discardedSamples, 200);
      assert.is(
        agent.seen.discarded.reduce((sum, n) => sum + n, 0),
        200,
      );
      assert.match(controller.log.join('\n'), /could not be made durable: EIO/);
    }),
);

stream('records that a study left behind when its disk failed are not acknowledged as durable once it is over', () =>
  withClosers(async (later) => {
    const { target, open } = gatedTarget();
    target.failing = new Error('EIO');
    const controller = await startController(target);
    later(controller.stop);
    const agent = uplinkTo(controller.port);
    later(agent.close);
    agent.uplink.connect();
    agent.uplink.send(IDS, samples(10, 1));
    await until('a sync under way', () => target.syncs > 0);
    agent.uplink.send(IDS, samples(7, 1));
    await until('both', () => target.records.length === 2);
    controller.agents.target = null;
    open();
    assert.ok(await agent.uplink.drained(3000));
    assert.is(agent.uplink.counters().discardedSamples, 17);
  }),
);

stream('what no study wants is acknowledged as discarded, counted at both ends', () =>
  withClosers(async (later) => {
    const controller = await startController(null);
    later(controller.stop);
    const agent = uplinkTo(controller.port);
    later(agent.close);
    agent.uplink.connect();
    for (const i of upTo(3)) agent.uplink.send(IDS, samples(10, i));
    assert.ok(await agent.uplink.drained(3000));
    assert.is(agent.uplink.counters().discardedSamples, 30);
    assert.is(controller.agents.counters().discardedSamples, 30);
    assert.match(controller.log.join('\n'), /no study is running/);
    // the next study wants the odd ones only
    const target = new Target();
    target.keeps = (record) => record.sequence % 2 === 1;
    controller.agents.target = target;
    for (const i of upTo(10)) agent.uplink.send(IDS, samples(1, i));
    assert.ok(await agent.uplink.drained(3000));
    assert.equal(sequences(target), [5, 7, 9, 11, 13]);
    assert.is(agent.uplink.counters().discardedSamples, 35);
  }),
);

stream('an ack for records that this stream has not sent again yet does not stop it', () =>
  withClosers(async (later) => {
    const took: number[][] = [];
    const server = await serveBy((duplex, message) => {
      if (message.body === 'hello') {
        took.push([]);
        duplex.write({ body: 'welcome', welcome: welcome({ credits: took.length === 1 ? 8 : 2 }) });
      }
      if (message.body !== 'record') return;
      const mine = took.at(-1)!;
      mine.push(message.record.sequence);
      if (mine.length === 8 && took.length === 1) duplex.emit('error', { code: 14, details: 'break' });
      if (took.length === 1) return;
      const durableSequence = Math.max(8, message.record.sequence);
      duplex.write({ body: 'ack', ack: { durableSequence, discardedSamples: 0 } });
    });
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
    const after = await startController(target, { port: before.port });
    later(after.stop);
    for (const i of upTo(2)) agent.uplink.send(IDS, samples(1, i));
    assert.ok(await agent.uplink.drained(8000), agent.seen.refused.join());
    assert.equal(sequences(target), [4, 5]);
    assert.is(agent.seen.broken.length >= 1, true);
  }),
);

stream('past the bounds of the spool samples are dropped and counted, everything else is kept', () =>
  withClosers(async (later) => {
    const target = new Target();
    const controller = await startController(target);
    later(controller.stop);
    const agent = uplinkTo(controller.port, { spoolLimitBytes: 2 ** 20 });
    later(agent.close);
    // 4 MiB stay in memory, 1 MiB goes to the file
    for (const i of upTo(80)) agent.uplink.send(IDS, samples(10_000, i));
    agent.uplink.send(IDS, { body: 'note', note: { code: 'kept', detail: 'all the same' } });
    const dropped = agent.uplink.takeDropped();
    assert.is(agent.uplink.takeDropped(), 0);
    const { lastSequence, spoolMemoryBytes, spoolDiskBytes, droppedSamples } = agent.uplink.counters();
    assert.is(droppedSamples, dropped);
    assert.is(dropped + (lastSequence - 1) * 10_000, 800_000);
    assert.ok(dropped >= 250_000, `${dropped}`);
    assert.ok(spoolMemoryBytes <= 2 ** 22 && spoolDiskBytes <= 2 ** 20, `${spoolMemoryBytes} ${spoolDiskBytes}`);
    agent.uplink.connect();
    assert.ok(await agent.uplink.drained(5000));
    assert.equal(sequences(target), upTo(lastSequence));
    assert.is(target.records.at(-1)!.body, 'note');
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
