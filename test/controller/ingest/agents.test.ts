import {
  Client,
  type ClientDuplexStream,
  credentials,
  Server,
  ServerCredentials,
  type ServiceError,
} from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AGENT_STREAM, type AgentMessage, type ControllerMessage, type Hello, type MeasurementRecord } from '#proto';
import { Agents } from '../../../controller/ingest/agents.ts';
import type { RecordTarget } from '../../../controller/ingest/record-target.ts';
import { hello } from '../../helpers/plan.ts';

const WAIT_MS = 5000;

/** what the controller kept, in order: "append 1", "sync", "gone", … */
class Target implements RecordTarget {
  readonly log: string[] = [];
  syncing: () => Promise<void> = async () => undefined;
  readonly #sequences = { appended: 0, durable: 0 };
  append = (agent: Hello, record: MeasurementRecord) => {
    this.log.push(`append ${agent.agentId} ${record.sequence}`);
    this.#sequences.appended = record.sequence;
    return 'kept' as const;
  };
  sync = async () => {
    this.log.push('sync');
    const { appended } = this.#sequences;
    await this.syncing();
    this.#sequences.durable = appended;
  };
  durable = () => this.#sequences.durable;
  progress = () => undefined;
  gone = (agent: Hello) => void this.log.push(`gone ${agent.agentId}`);
  back = (agent: Hello) => void this.log.push(`back ${agent.agentId}`);
}

/** an agent's end of the stream */
class Peer {
  readonly got: ControllerMessage[] = [];
  error: ServiceError | null = null;
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<AgentMessage, ControllerMessage>;

  constructor(port: number) {
    const { path, requestSerialize, responseDeserialize } = AGENT_STREAM.connect;
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    this.#stream = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    this.#stream.on('data', (message: ControllerMessage) => this.got.push(message));
    this.#stream.on('error', (error: ServiceError) => {
      this.error = error;
    });
  }

  hello(over: Partial<Hello> = {}): this {
    this.#stream.write({ body: 'hello', hello: hello({ token: 'secret', ...over }) });
    return this;
  }

  record(...sequences: number[]): this {
    for (const sequence of sequences) {
      const ids = { sequence, studyId: 's', assignmentId: 'a' };
      this.#stream.write({ body: 'record', record: { ...ids, body: 'note', note: { code: 'x', detail: 'y' } } });
    }
    return this;
  }

  acks(): number[] {
    return this.got.flatMap((message) => (message.body === 'ack' ? [message.ack.durableSequence] : []));
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }
}

async function until(look: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!look()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function bench(work: (o: { agents: Agents; target: Target; peer: () => Peer }) => Promise<void>): Promise<void> {
  const agents = new Agents({ token: 'secret', log: () => undefined });
  const target = new Target();
  agents.target = target;
  const server = new Server();
  server.addService(AGENT_STREAM, { connect: agents.connect });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const peers: Peer[] = [];
  const peer = () => {
    const made = new Peer(port);
    peers.push(made);
    return made;
  };
  try {
    await work({ agents, target, peer });
  } finally {
    for (const made of peers) made.close();
    server.forceShutdown();
  }
}

const welcomed = (peer: Peer) => until(() => peer.got[0]?.body === 'welcome', 'welcome');
const refusedWith = async (peer: Peer, code: number, text: RegExp) => {
  await until(() => peer.error !== null, 'refusal');
  assert.is(peer.error?.code, code);
  assert.match(peer.error?.details ?? '', text);
};

const test = suite('agents');

test('hello, records, ack: durable only after the sync', async () => {
  await bench(async ({ agents, target, peer }) => {
    let release: () => void = () => undefined;
    target.syncing = () => new Promise<void>((resolve) => (release = resolve));
    const agent = peer().hello().record(1, 2, 3);
    await until(() => target.log.includes('sync'), 'sync');
    const shown = agents.hellos().map(({ agentId, token }) => ({ agentId, token }));
    assert.equal(shown, [{ agentId: 'node-1', token: '' }], 'the secret is not shown');
    assert.equal(agent.acks(), [], 'no ack before the sync is done');
    release();
    await until(() => agent.acks().length > 0, 'ack');
    assert.equal(agent.acks(), [3]);
    assert.equal(target.log, ['back node-1', 'append node-1 1', 'append node-1 2', 'append node-1 3', 'sync']);
  });
});

test('duplicates are passed over and acknowledged again', async () => {
  await bench(async ({ target, peer }) => {
    const first = peer().hello().record(1, 2);
    await until(() => first.acks().includes(2), 'ack');
    first.close();
    await until(() => target.log.includes('gone node-1'), 'gone');
    const second = peer().hello();
    await welcomed(second);
    const [greeting] = second.got;
    assert.is(greeting?.body === 'welcome' && greeting.welcome.durableSequence, 2);
    second.record(1, 2, 3);
    await until(() => second.acks().includes(3), 'ack');
    assert.equal(
      target.log.filter((line) => line.startsWith('append')),
      ['append node-1 1', 'append node-1 2', 'append node-1 3'],
    );
  });
});

test('a gap is refused, and nothing after it is taken', async () => {
  await bench(async ({ target, peer }) => {
    const agent = peer().hello().record(1, 3, 2, 4);
    await refusedWith(agent, 3, /record 3 after 1: some are missing/);
    await until(() => target.log.includes('gone node-1'), 'gone');
    assert.equal(
      target.log.filter((line) => line.startsWith('append')),
      ['append node-1 1'],
    );
  });
});

test('the first message must be hello', async () => {
  await bench(async ({ target, peer }) => {
    await refusedWith(peer().record(1), 3, /first message must be hello/);
    assert.equal(target.log, []);
  });
});

for (const [name, over, code, text] of [
  ['a wrong token', { token: 'guess' }, 16, /wrong token/],
  ['another protocol', { protocol: 1 }, 9, /protocol 1 .*same version/],
  ['an id with a slash', { agentId: 'a/b' }, 3, /agent id/],
  ['no id', { agentId: '' }, 3, /agent id/],
] as const) {
  test(`refused: ${name}`, async () => {
    await bench(async ({ agents, target, peer }) => {
      await refusedWith(peer().hello(over).record(1), code, text);
      assert.equal([agents.hellos(), target.log], [[], []]);
    });
  });
}

test('a second agent of one name is refused; the first goes on', async () => {
  await bench(async ({ agents, peer }) => {
    const first = peer().hello();
    await welcomed(first);
    await refusedWith(peer().hello({ runId: 'run-2' }), 6, /named node-1 is connected already/);
    const other = peer().hello({ agentId: 'node-2', runId: 'run-2' });
    await welcomed(other);
    assert.is(agents.hellos().length, 2);
    first.record(1);
    await until(() => first.acks().includes(1), 'ack');
    assert.equal(other.acks(), []);
  });
});

test('who is not connected gets no work', async () => {
  await bench(async ({ agents, peer }) => {
    const agent = peer().hello();
    await welcomed(agent);
    assert.is(agents.cancel('node-9', 'a'), false);
    assert.is(agents.cancel('node-1', 'a'), true);
    await until(() => agent.got.at(-1)?.body === 'cancel', 'cancel');
  });
});

test.run();
