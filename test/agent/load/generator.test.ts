import { existsSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  FLAG_HIT,
  FLAG_SETTLE,
  type LoadGenerator,
  orderByte,
  type SampleFrame,
  startGenerator,
} from '../../../agent/load/generator.ts';
import { buildPayloads } from '../../../agent/load/payload.ts';
import { BINARY, build, hasJavaHello, type Sut, type SutName, spawnPort, startSut } from './support.ts';

await Promise.all([build('sut'), build('agent/load/native')]);
if (!hasJavaHello()) console.log('skipped: java-hello, because this machine has no javac');
const https: SutName[] = hasJavaHello() ? ['java-hello', 'node-hello'] : ['node-hello'];

const { miss: MISS, hit: HIT } = buildPayloads([Buffer.from('admin'), Buffer.from('evil.php'), Buffer.from('login')]);

/** Joins a column over all frames, of samples with or without the settle flag. */
function column(frames: SampleFrame[], name: 'latencyNs' | 'target' | 'flags', settle: boolean): number[] {
  return frames.flatMap((f) => [...f[name]].filter((_, i) => ((f.flags[i]! & FLAG_SETTLE) !== 0) === settle));
}

/** Two targets, both kinds, in an order without a pattern. */
function mixedOrder(units: number, ids: readonly number[]): Uint8Array {
  let seed = 7;
  return Uint8Array.from({ length: units }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return orderByte(ids[(seed >>> 24) % ids.length]!, ((seed >>> 16) & 1) as 0 | 1);
  });
}

const orphan = suite('C generator without a parent');

orphan('ends when the process that started it is killed', async () => {
  // Its stdin stays open here, so that no end of input ends it.
  const parent = spawnPort('sh', ['-c', `exec 3<&0; "${BINARY}" <&3 & echo "pid=$!"; wait`], {});
  let said = '';
  for await (const chunk of parent.stdout) {
    said += String(chunk);
    if (/pid=\d+\n/.test(said) && said.includes('busy-poll')) break;
  }
  const pid = Number(/pid=(\d+)\n/.exec(said)?.[1]);
  parent.kill('SIGKILL');
  const alive = (): boolean => existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  const giveUpAtMs = performance.now() + 5000;
  while (alive() && performance.now() < giveUpAtMs) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.not.ok(alive());
});

orphan.run();

for (const [title, binary] of [
  ['C generator', BINARY],
  ['Node fallback', null],
] as const) {
  const load = suite<{ generator: LoadGenerator; suts: Sut[] }>(title);

  load.before(async (context) => {
    context.suts = [];
    context.generator = await startGenerator({ binary, cpu: null, spawn: spawnPort });
    await context.generator.setPayload(0, MISS);
    await context.generator.setPayload(1, HIT);
  });
  load.after.each(async (context) => {
    await Promise.all(context.suts.splice(0).map((sut) => sut.stop()));
  });
  load.after(async (context) => {
    await context.generator.stop();
  });

  load('says what it is', ({ generator }) => {
    assert.is(generator.kind, binary === null ? 'node-net' : 'busy-poll');
    assert.match(generator.version, /^\d+\.\d+\.\d+$/);
    assert.ok(generator.pid > 0);
  });

  load('pins to a core where it is asked to', async () => {
    const pinned = await startGenerator({ binary, cpu: 0, spawn: spawnPort });
    assert.is(pinned.cpu, 0);
    await pinned.stop();
  });

  for (const name of https) {
    load(
      `alternates between two instances of ${name}: n, order, flags and counters are exact`,
      async ({ generator, suts }) => {
        suts.push(...(await Promise.all([startSut(name), startSut(name)])));
        const ids = [3, 60];
        for (const [i, id] of ids.entries()) {
          await generator.setTarget({ id, ipv4: '127.0.0.1', port: suts[i]!.port, protocol: 'http' });
        }
        const order = mixedOrder(2500, ids);
        const { frames, counters } = await generator.run({
          step: 9,
          order,
          settle: 5,
          reconnect: false,
          timeoutMs: 5000,
        });
        assert.ok(frames.every((f) => f.step === 9));
        assert.equal(
          column(frames, 'target', false),
          [...order].map((byte) => byte & 0x3f),
        );
        assert.equal(
          column(frames, 'flags', false),
          [...order].map((byte) => (byte & 0x80 ? FLAG_HIT : 0)),
        );
        const first = order[0]! & 0x3f;
        const second = first === 3 ? 60 : 3;
        assert.equal(column(frames, 'target', true), Array.from({ length: 5 }, () => [first, second]).flat());
        assert.equal(
          column(frames, 'flags', true),
          [0, 0, 1, 1, 0, 0, 1, 1, 0, 0].map((kind) => kind | FLAG_SETTLE),
        );
        assert.ok(column(frames, 'latencyNs', false).every((ns) => ns > 0));
        assertClockOrder(frames);
        for (const c of counters) {
          const mine = [...order].filter((byte) => (byte & 0x3f) === c.target);
          assert.is(c.units, mine.length + 5);
          assert.is(c.requests, mine.length + 5);
          assert.is(c.hitsSent, mine.filter((byte) => byte & 0x80).length + 2);
          assert.is(c.bytesSent, (mine.length + 5) * MISS.length);
          assert.ok(c.bytesReceived > 12 * c.units && c.bytesReceived % c.units === 0);
          assert.is(c.reconnects, 1);
        }
        assert.equal(
          counters.map((c) => c.target),
          [first, second],
        );
      },
    );
  }

  load('keeps connections between runs, and makes fresh ones when told', async ({ generator, suts }) => {
    suts.push(await startSut('node-hello'));
    await generator.setTarget({ id: 1, ipv4: '127.0.0.1', port: suts[0]!.port, protocol: 'http' });
    const opened = async (reconnect: boolean): Promise<number> => {
      const order = mixedOrder(20, [1]);
      const { counters } = await generator.run({ step: 1, order, settle: 0, reconnect, timeoutMs: 5000 });
      return counters[0]!.reconnects;
    };
    const seen = [await opened(false), await opened(false), await opened(true), await opened(false)];
    assert.equal(seen, [1, 0, 1, 0]);
    await generator.closeConnections();
    assert.is(await opened(false), 1);
  });

  load('a replaced target is the new one', async ({ generator, suts }) => {
    suts.push(await startSut('node-hello'), await startSut('node-hello'));
    for (const sut of suts) {
      await generator.setTarget({ id: 2, ipv4: '127.0.0.1', port: sut.port, protocol: 'http' });
      const run = { step: 1, order: mixedOrder(5, [2]), settle: 0, reconnect: false, timeoutMs: 5000 };
      assert.is((await generator.run(run)).counters[0]?.reconnects, 1);
      await sut.stop();
    }
    suts.splice(0);
  });

  for (const requestsPerUnit of [1, 64]) {
    load(`read-loop, two instances, bursts of ${requestsPerUnit}: one sample per read`, async ({ generator, suts }) => {
      suts.push(await startSut('read-loop'), await startSut('read-loop'));
      for (const [id, sut] of suts.entries()) {
        await generator.setTarget({ id, ipv4: '127.0.0.1', port: sut.port, protocol: 'burst', requestsPerUnit });
      }
      for (const reconnect of [false, true]) {
        const order = mixedOrder(150, [0, 1]);
        const { frames, counters } = await generator.run({ step: 4, order, settle: 2, reconnect, timeoutMs: 5000 });
        const each = (byte: number): number[] => Array(requestsPerUnit).fill(byte & 0x3f);
        assert.equal(column(frames, 'target', false), [...order].flatMap(each));
        assert.is(column(frames, 'latencyNs', true).length, 4 * requestsPerUnit);
        assertClockOrder(frames);
        for (const c of counters) {
          const units = [...order].filter((byte) => (byte & 0x3f) === c.target).length + 2;
          assert.is(c.units, units);
          assert.is(c.requests, units * requestsPerUnit);
          assert.is(c.bytesSent, units * requestsPerUnit * MISS.length);
          assert.is(c.bytesReceived, units * requestsPerUnit * 4);
          assert.is(c.reconnects, 1);
        }
      }
    });
  }

  load(
    'read-loop takes bursts of long requests, and requests of another length on a new connection',
    async ({ generator, suts }) => {
      suts.push(await startSut('read-loop'));
      const own = await startGenerator({ binary, cpu: null, spawn: spawnPort });
      await own.setTarget({ id: 0, ipv4: '127.0.0.1', port: suts[0]!.port, protocol: 'burst', requestsPerUnit: 64 });
      for (const lengthBytes of [88, 1400, 4000]) {
        await own.setPayload(0, Buffer.alloc(lengthBytes, 'a'));
        const run = { step: 0, order: new Uint8Array(20), settle: 0, reconnect: false, timeoutMs: 5000 };
        const { counters } = await own.run(run);
        assert.is(counters[0]?.bytesSent, 20 * 64 * lengthBytes);
        assert.is(counters[0]?.reconnects, 1);
      }
      await own.stop();
      assert.ok(generator.pid !== own.pid);
    },
  );

  load('calls made at once are answered in turn', async ({ generator, suts }) => {
    suts.push(await startSut('node-hello'));
    await generator.setTarget({ id: 1, ipv4: '127.0.0.1', port: suts[0]!.port, protocol: 'http' });
    const steps = [11, 12, 13];
    const runs = steps.map((step) =>
      generator.run({ step, order: mixedOrder(30 + step, [1]), settle: 0, reconnect: false, timeoutMs: 5000 }),
    );
    const results = await Promise.all(runs);
    assert.equal(
      results.map((r) => r.frames[0]?.step),
      steps,
    );
    assert.equal(
      results.map((r) => r.counters[0]?.units),
      [41, 42, 43],
    );
  });

  load.run();
}

/** Starts never go back, within a frame and from one to the next. */
function assertClockOrder(frames: SampleFrame[]): void {
  let lastNs = 0n;
  for (const f of frames) {
    assert.is(f.dtNs[0], 0);
    for (const dtNs of f.dtNs) {
      const startNs = f.t0Ns + BigInt(dtNs);
      if (startNs < lastNs) assert.unreachable('a sample that starts before the one before it');
      lastNs = startNs;
    }
  }
}
