// Whom and what the controller refuses, and how the agent hears of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentMessage } from '../../../proto/index.ts';
import { call, hello, IDS, samples, startController, Target, until, uplinkTo, withClosers } from './support.ts';

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

refusals.run();
