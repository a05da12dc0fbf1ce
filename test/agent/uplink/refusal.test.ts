// Whom and what the controller refuses, and how the agent hears of it.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Agents } from '../../../controller/ingest/agents.ts';
import { ControlService } from '../../../controller/ingest/control.ts';
import { AGENT_STREAM, type AgentMessage, CONTROL, SERVER_OPTIONS } from '../../../proto/index.ts';
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

const refusals = suite('refusals of the stream');

for (const [what, wrong, says] of [
  ['a wrong token', { token: 'guess' }, /refused this agent: wrong token/],
  [
    'another protocol',
    { protocol: 9 },
    /protocol 9 of the agent is not spoken here \(2, hookbench .*\); install the same version/,
  ],
  ['a hello without its run', { runId: '' }, /does not accept a hello without its run/],
] as const) {
  refusals(`${what} is refused with a clear text, once, and not tried again`, () =>
    withClosers(async (later) => {
      const controller = await startController(new Target());
      later(controller.stop);
      const agent = uplinkTo(controller.port, { hello: wrong });
      later(agent.close);
      agent.uplink.connect();
      await until('a refusal', () => agent.seen.refused.length > 0);
      await sleep(400);
      assert.is(agent.seen.refused.length, 1);
      assert.match(agent.seen.refused[0]!, says);
      assert.equal(agent.seen.broken, []);
      assert.equal(controller.agents.hellos(), []);
    }),
  );
}

refusals('a second agent of the same name is refused; hellos() tells no token', () =>
  withClosers(async (later) => {
    const controller = await startController(new Target());
    later(controller.stop);
    const agent = uplinkTo(controller.port);
    later(agent.close);
    agent.uplink.connect();
    await until('the first', () => controller.agents.hellos().length === 1);
    assert.is(controller.agents.hellos()[0]!.token, '');
    const other = uplinkTo(controller.port, { hello: { runId: 'other' } });
    later(other.close);
    other.uplink.connect();
    await until('a refusal', () => other.seen.refused.length > 0);
    assert.match(other.seen.refused[0]!, /an agent named agent is connected already/);
  }),
);

refusals('what breaks the protocol ends the call with INVALID_ARGUMENT', () =>
  withClosers(async (later) => {
    const controller = await startController(new Target());
    later(controller.stop);
    const record = (sequence: number) => ({ body: 'record', record: { sequence, ...IDS, ...samples(2, 1) } }) as const;
    const greet = { body: 'hello', hello: hello() } as const;
    const bad = record(1);
    const torn = { ...bad.record, samples: { ...(samples(2, 1) as { samples: object }).samples, n: 3 } };
    for (const [messages, says] of [
      [[record(1)], /first message must be hello/],
      [[greet, record(1), record(3)], /record 3 after 1: some are missing/],
      [[greet, { body: 'record', record: torn } as AgentMessage], /columns do not have n = 3 entries/],
    ] as [AgentMessage[], RegExp][]) {
      const { ended, close } = call(controller.port, messages);
      later(close);
      await until('its end', () => ended.length > 0);
      assert.is(ended[0]!.code, 3);
      assert.match(ended[0]!.details, says);
    }
  }),
);

for (const [what, other, says] of [
  ['newer', { protocol: 3, version: '9.9.9' }, /hookbench 9\.9\.9\) speaks protocol 3, this agent .* speaks 2/],
  ['older', { protocol: 0, version: '' }, /the controller speaks an older protocol, this agent/],
] as const) {
  refusals(`an agent refuses a controller of a ${what} protocol, says what to do, and does not try again`, () =>
    withClosers(async (later) => {
      let hellos = 0;
      const server = await serveBy((duplex, message) => {
        if (message.body === 'hello') hellos += 1;
        duplex.write({ body: 'welcome', welcome: welcome(other) });
      });
      later(server.stop);
      const agent = uplinkTo(server.port);
      later(agent.close);
      agent.uplink.connect();
      agent.uplink.send(IDS, samples(1, 1));
      await until('a refusal', () => agent.seen.refused.length > 0);
      await sleep(500);
      assert.is(hellos, 1);
      assert.equal(agent.seen.refused.length, 1);
      assert.match(agent.seen.refused[0]!, says);
      assert.is(agent.uplink.counters().sentRecords, 0);
    }),
  );
}

refusals(
  'an ack of what was never sent is a fault of the controller: nothing is forgotten, and it is tried again',
  () =>
    withClosers(async (later) => {
      let hellos = 0;
      const server = await serveBy((duplex, message) => {
        if (message.body === 'hello') {
          hellos += 1;
          duplex.write({ body: 'welcome', welcome: welcome() });
        }
        if (message.body !== 'record') return;
        const durableSequence = hellos === 1 ? 99 : message.record.sequence;
        duplex.write({ body: 'ack', ack: { durableSequence, discardedSamples: 0 } });
      });
      later(server.stop);
      const agent = uplinkTo(server.port);
      later(agent.close);
      agent.uplink.connect();
      agent.uplink.send(IDS, samples(1, 1));
      await until('the fault', () => agent.seen.broken.length > 0);
      assert.match(agent.seen.broken[0]!, /acknowledged record 99, and 1 was the last one sent/);
      assert.is(agent.uplink.counters().unackedRecords, 1);
      assert.ok(await agent.uplink.drained(5000));
      assert.is(hellos, 2);
    }),
);

refusals('another of the same name is waited for when it may be a former process of this one that is gone', () =>
  withClosers(async (later) => {
    const controller = await startController(new Target());
    later(controller.stop);
    const former = uplinkTo(controller.port, { hello: { runId: 'former' } });
    later(former.close);
    former.uplink.connect();
    await until('the former one', () => controller.agents.hellos().length === 1);
    const agent = uplinkTo(controller.port, { uplink: { nameTakenMs: 60_000 } });
    later(agent.close);
    agent.uplink.connect();
    await until('it hears of the other', () => agent.seen.broken.length > 0);
    former.uplink.close();
    agent.uplink.send(IDS, samples(1, 1));
    assert.ok(await agent.uplink.drained(8000));
    assert.equal(agent.seen.refused, []);
  }),
);

refusals('bytes that are no message are refused in words, in the stream and in a call of the command line', () =>
  withClosers(async (later) => {
    const agents = new Agents({ token: 'secret', log: () => undefined });
    const control = new ControlService({ token: 'secret', agents, start: async () => undefined });
    const server = new Server(SERVER_OPTIONS);
    server.addService(AGENT_STREAM, { connect: agents.connect } as UntypedServiceImplementation);
    const { listAgents, runStudy, cancelStudy } = control;
    server.addService(CONTROL, { listAgents, runStudy, cancelStudy } as UntypedServiceImplementation);
    const port = await new Promise<number>((resolve) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => resolve(bound)),
    );
    later(() => server.forceShutdown());
    const junk = Buffer.from([0x0a, 0xff, 0xff, 0x01, 0x02]);
    for (const bytes of [junk, Buffer.from([0x12, 0x7f]), Buffer.alloc(0)]) {
      const { ended, close } = call(port, [bytes]);
      later(close);
      await until('its end', () => ended.length > 0);
      assert.is(ended[0]!.code, 3, ended[0]!.details);
      assert.match(ended[0]!.details, /can't be read|not alone in its message|not known/);
    }
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    later(() => client.close());
    const error = await new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(
        CONTROL.listAgents.path,
        () => junk,
        () => null,
        {},
        (failed) => resolve(failed),
      );
    });
    assert.is(error?.code, 3);
    assert.match(error?.details ?? '', /ListAgentsRequest of 5 bytes can't be read/);
  }),
);

refusals.run();
