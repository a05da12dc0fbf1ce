import { connect, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Metric, metricsText, type Ops, openOps, Tally } from '#proto';
import { parseMetrics } from '../../helpers/prometheus.ts';

interface Context {
  ops: Ops;
  url: string;
}
const listener = suite<Context>('proto/ops listener');
let reasons: string[] = [];
let renderings = 0;
const tally = new Tally(['ring', 'spool']);
let taken: number[] = [];
const METRICS: Metric[] = [
  { kind: 'counter', name: 'hookbench_test_total', help: 'Test.', read: () => 7 },
  {
    ...{ kind: 'counter', name: 'hookbench_test_lost_total', label: 'hop', values: tally.names },
    help: 'Test.',
    read: (hop) => tally.of(hop as 'ring'),
  },
  {
    ...{ kind: 'histogram', name: 'hookbench_test_seconds', buckets: [0.1, 1] },
    help: 'Test.',
    take: () => taken.splice(0),
  },
];

listener.before(async (context) => {
  const metrics = await metricsText(METRICS, { role: 'test', version: '1.2.3' });
  context.ops = await openOps({
    address: '127.0.0.1:0',
    reasons: () => reasons,
    metrics: () => {
      renderings += 1;
      return metrics();
    },
  });
  context.url = `http://127.0.0.1:${context.ops.port}`;
});
listener.after(({ ops }) => ops.close());

/** what comes back for bytes that need not be HTTP */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(got));
  });
}

listener('alive, and ready or not with the reasons', async ({ url }) => {
  const alive = await fetch(`${url}/healthz`);
  assert.equal([alive.status, await alive.json()], [200, { alive: true }]);
  const ready = await fetch(`${url}/readyz?verbose`);
  assert.equal([ready.status, await ready.json()], [200, { ready: true, reasons: [] }]);
  reasons = ['draining'];
  const not = await fetch(`${url}/readyz`);
  assert.equal([not.status, await not.json()], [503, { ready: false, reasons: ['draining'] }]);
  reasons = [];
  assert.is((await fetch(`${url}/`)).status, 404);
});

listener('metrics parse, counters are what was counted, and no name makes a new series', async ({ url }) => {
  tally.add('ring', 3);
  for (let i = 0; i < 500; i++) tally.add(`invented-${i}`);
  taken = [0.05, 0.5, 5];
  const response = await fetch(`${url}/metrics`);
  assert.is(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const found = parseMetrics(await response.text());
  assert.is(found.get('hookbench_test_total'), 7);
  assert.is(found.get('hookbench_test_lost_total{hop="ring"}'), 3);
  assert.is(found.get('hookbench_test_lost_total{hop="spool"}'), 0);
  assert.is(found.get('hookbench_test_lost_total{hop="other"}'), 500);
  assert.is(found.get('hookbench_test_seconds_bucket{le="1"}'), 2);
  assert.is(found.get('hookbench_test_seconds_count'), 3);
  assert.is(found.get('hookbench_build_info{role="test",version="1.2.3"}'), 1);
  assert.ok(found.get('process_resident_memory_bytes')! > 10_000_000);
  assert.ok(found.get('process_cpu_seconds_total')! > 0);
  for (const quantile of ['0.5', '0.99', '1'])
    assert.ok(found.get(`hookbench_event_loop_delay_seconds{quantile="${quantile}"}`)! >= 0);
  await new Promise((resolve) => setTimeout(resolve, 250));
  const again = parseMetrics(await (await fetch(`${url}/metrics`)).text());
  assert.is(again.get('hookbench_test_total'), 7, 'read again, not added again');
  assert.is(again.get('hookbench_test_seconds_count'), 3);
});

listener('GET and HEAD only; a body is not read', async ({ url, ops }) => {
  const head = await fetch(`${url}/readyz`, { method: 'HEAD' });
  assert.equal([head.status, await head.text()], [200, '']);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const refused = await fetch(`${url}/metrics`, { method });
    assert.equal([method, refused.status, refused.headers.get('allow')], [method, 405, 'GET, HEAD']);
  }
  const said = await raw(ops.port, 'GET /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\nxxxx');
  assert.match(said, /^HTTP\/1\.1 200 OK[\s\S]*connection: close/i);
});

listener('headers are bounded, and what is no HTTP is answered and hung up on', async ({ ops }) => {
  assert.match(
    await raw(ops.port, `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(6000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 /,
  );
  assert.match(await raw(ops.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), /^HTTP\/1\.1 400 /);
});

listener('who sends half a request is hung up on', async ({ ops }) => {
  const begunMs = performance.now();
  const said = await raw(ops.port, 'GET /healthz HTTP/1.1\r\nhost: a\r\n');
  assert.match(said, /^HTTP\/1\.1 408 /);
  assert.ok(performance.now() - begunMs < 15_000);
});

listener('a flood shares renderings, and connections past the bound are closed', async ({ ops, url }) => {
  const before = renderings;
  await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/metrics`).then((response) => response.text())));
  assert.ok(renderings - before <= 5, `${renderings - before} renderings of 20`);
  const sockets: Socket[] = [];
  let closed = 0;
  for (let i = 0; i < 60; i++) {
    const socket = connect(ops.port, '127.0.0.1');
    socket.on('error', () => undefined).on('close', () => (closed += 1));
    sockets.push(socket);
  }
  const deadline = Date.now() + 5_000;
  while (closed < 28 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(closed >= 28, `${closed} of 60 closed`);
  for (const socket of sockets) socket.destroy();
});

listener('an address that is none, or is taken, is told', async ({ ops }) => {
  const other = { reasons: () => [], metrics: async () => '' };
  for (const address of ['9461', '1.2.3.4', 'a b:1', '127.0.0.1:99999'])
    try {
      await openOps({ address, ...other });
      assert.unreachable(address);
    } catch (error) {
      assert.match((error as Error).message, /is not HOST:PORT/);
    }
  try {
    await openOps({ address: `127.0.0.1:${ops.port}`, ...other });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /can't listen on --ops .*EADDRINUSE/);
  }
});

listener.run();
