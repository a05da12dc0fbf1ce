import type { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Expectation, type LoadGenerator, orderByte, startGenerator } from '../../../agent/load/generator.ts';
import { BINARY, build, failure, spawnPort, startServer } from './support.ts';

await build('agent/load/native');

const MISS = Buffer.from('GET /plain HTTP/1.1\r\nHost: 0\r\n\r\n');
const HIT = Buffer.from('GET /virus HTTP/1.1\r\nHost: 0\r\n\r\n');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const UNITS = 20;
/** miss, hit, miss, hit … */
const ORDER = Uint8Array.from({ length: UNITS }, (_, i) => orderByte(3, i % 2 === 1 ? 1 : 0));

/** what a server does with its n-th request with, or without, a keyword */
type Behaviour = (hit: boolean, nth: number) => 'answer' | 'close' | 'reset' | 'half' | 'error';

function act(socket: Socket, what: ReturnType<Behaviour>): void {
  if (what === 'answer') socket.write(OK);
  else if (what === 'half') socket.end(OK.slice(0, 9));
  else if (what === 'error') socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
  else if (what === 'close') socket.end();
  else socket.resetAndDestroy();
}

const serve = (behaviour: Behaviour) => {
  const seen = { hit: 0, miss: 0 };
  return startServer((socket) => {
    socket.on('data', (chunk) => {
      const hit = chunk.includes('virus');
      act(socket, behaviour(hit, hit ? seen.hit++ : seen.miss++));
    });
  });
};

for (const [title, binary] of [
  ['C generator and refusals', BINARY],
  ['Node fallback and refusals', null],
] as const) {
  const refusals = suite<{ generator: LoadGenerator }>(title);
  refusals.before(async (context) => {
    context.generator = await startGenerator({ binary, cpu: null, spawn: spawnPort });
    await context.generator.setPayload(0, MISS);
    await context.generator.setPayload(1, HIT);
  });
  refusals.after(async ({ generator }) => generator.stop());

  const run = async (generator: LoadGenerator, expect: Expectation, behaviour: Behaviour, settle = 0) => {
    const server = await serve(behaviour);
    try {
      await generator.setTarget({ id: 3, ipv4: '127.0.0.1', port: server.port, protocol: 'http', expect });
      const result = await generator.run({ step: 1, order: ORDER, settle, reconnect: true, timeoutMs: 3000 });
      const samples = result.frames.flatMap(({ flags }) => [...flags]);
      return { ...result.counters[0]!, samples };
    } finally {
      server.stop();
    }
  };

  for (const how of ['close', 'reset'] as const) {
    refusals(`${how}: hits are refused, misses served, each refusal is followed by a settling request`, async (c) => {
      const got = await run(c.generator, 'refuse', (hit) => (hit ? how : 'answer'));
      assert.equal([got.refused, got.leaked, got.denied], [UNITS / 2, 0, 0]);
      assert.is(got.served, UNITS, 'each miss, and one after each refusal');
      assert.equal([got.requests, got.hitsSent, got.reconnects], [UNITS * 1.5, UNITS / 2, 1 + UNITS / 2]);
      assert.equal(got.samples, new Array(UNITS / 2).fill(0), 'only misses are timed');
    });
  }

  refusals('settling: its hits are refused as well', async ({ generator }) => {
    const got = await run(generator, 'refuse', (hit) => (hit ? 'close' : 'answer'), 4);
    assert.is(got.refused, 2 + UNITS / 2);
    assert.equal(got.samples, [2, 2, ...new Array(UNITS / 2).fill(0)]);
  });

  refusals('a hit that gets an answer leaked: whole, half, or an error of HTTP', async ({ generator }) => {
    for (const answer of ['answer', 'half', 'error'] as const) {
      const got = await run(generator, 'refuse', (hit, nth) => (hit && nth > 1 ? 'close' : hit ? answer : 'answer'));
      assert.equal([got.leaked, got.refused, got.denied], [2, UNITS / 2 - 2, 0], answer);
      assert.equal(got.samples, new Array(UNITS / 2).fill(0));
    }
  });

  refusals('a miss that gets none was denied, and the run goes on', async ({ generator }) => {
    // the second miss is the settling request after the first refusal
    const got = await run(generator, 'refuse', (hit, nth) => (hit || nth === 1 || nth === 4 ? 'close' : 'answer'));
    assert.equal([got.denied, got.leaked, got.refused], [2, 0, UNITS / 2]);
    assert.ok(got.samples.length >= UNITS / 2 - 2 && got.samples.length < UNITS / 2 + 1);
  });

  refusals('renew: hits are answered and not timed, on connections as fresh as those of a blocked one', async (c) => {
    const got = await run(c.generator, 'renew', () => 'answer');
    assert.equal([got.requests, got.hitsSent, got.reconnects], [UNITS * 1.5, UNITS / 2, 1 + UNITS / 2]);
    assert.equal([got.refused, got.leaked, got.denied], [0, 0, 0]);
    assert.equal(got.samples, new Array(UNITS / 2).fill(0));
  });

  refusals('where nothing blocks, a request without an answer ends the run', async ({ generator }) => {
    for (const [expect, behaviour] of [
      ['renew', (hit: boolean) => (hit ? 'close' : 'answer')],
      ['renew', (hit: boolean) => (hit ? 'answer' : 'close')],
      ['serve', (hit: boolean) => (hit ? 'close' : 'answer')],
    ] as const) {
      const error = await failure(run(generator, expect, behaviour));
      assert.is(error.code, 'target');
      assert.match(error.message, /^target 3 .*closed by the SUT/);
    }
  });

  refusals.run();
}
