// The event stream with browsers that read, that read slowly and that do not read.
import { createServer, type IncomingMessage, request } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Snapshot, Tick } from '../../../controller/live/view.ts';
import { Feed } from '../../../controller/web/feed.ts';
import { refusedBy } from '../../../controller/web/refuse.ts';
import { respondJson } from '../../../controller/web/respond.ts';

const test = suite('the event stream');
const TEXT = 'x'.repeat(400_000);
const EMPTY: Omit<Snapshot, 'nowMs'> = {
  ...{
    agents: [],
    study: null,
    series: [],
    points: [],
    comparisons: [],
    troubles: [],
    losses: [],
    parity: [],
    queue: [],
  },
};

async function serve() {
  let ticks = 0;
  let restarted = false;
  const queue = () => [{ ticket: `${ticks}`, words: TEXT, atMs: 0, failure: null }];
  const feed = new Feed(
    {
      snapshot: (): Snapshot => ({ nowMs: ticks, ...EMPTY }),
      tick: (): { tick: Tick; restarted: boolean } => {
        ticks += 1;
        const now = { tick: { nowMs: ticks, queue: queue() }, restarted };
        restarted = false;
        return now;
      },
    },
    20,
  );
  const server = createServer((_, response) => {
    try {
      feed.join(response);
    } catch (error) {
      const { status, message } = refusedBy(error, () => undefined);
      respondJson(response, { message }, status);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = () => {
    feed.close();
    server.closeAllConnections();
    server.close();
  };
  return { feed, server, port, close, restart: () => (restarted = true), ticks: () => ticks };
}

function connect(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', agent: false }, resolve).on('error', reject).end();
  });
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('it begins with everything, goes on with what changed, and begins anew with a new study', async () => {
  const { port, close, restart, feed } = await serve();
  const response = await connect(port);
  assert.is(response.headers['content-type'], 'text/event-stream; charset=utf-8');
  let text = '';
  response.on('data', (chunk: Buffer) => {
    text += chunk.toString().replaceAll(/x{1000,}/g, '');
  });
  response.on('error', () => undefined);
  await until(() => /^retry: 1000\nevent: all\n[\s\S]*event: tick\n/.test(text), 'a tick');
  restart();
  await until(() => text.split('event: all\n').length === 3, 'a new beginning');
  assert.is(feed.browsers, 1);
  response.destroy();
  await until(() => feed.browsers === 0, 'its end');
  close();
});

test('for one that does not read little waits in memory, and when it reads again it gets everything', async () => {
  const { port, close, server, ticks } = await serve();
  let waiting = 0;
  server.on('connection', (socket) => {
    const timer = setInterval(() => {
      waiting = Math.max(waiting, socket.writableLength);
    }, 5);
    socket.on('close', () => clearInterval(timer));
  });
  const response = await connect(port);
  response.pause();
  response.on('error', () => undefined);
  const from = ticks();
  await until(() => ticks() > from + 60, '60 ticks');
  assert.ok(waiting < 4_000_000, `${waiting} bytes waited while ${60 * TEXT.length} were told`);
  let beginnings = 0;
  response.on('data', (chunk: Buffer) => {
    beginnings += chunk.toString().split('event: all\n').length - 1;
  });
  response.resume();
  await until(() => beginnings >= 2, 'everything');
  response.destroy();
  close();
});

test('there is room for 32 browsers', async () => {
  const { port, close } = await serve();
  const all = await Promise.all(Array.from({ length: 33 }, () => connect(port)));
  assert.equal(
    all
      .map(({ statusCode }) => statusCode)
      .sort()
      .slice(-2),
    [200, 503],
  );
  for (const response of all) {
    response.on('error', () => undefined);
    response.destroy();
  }
  close();
});

test.run();
