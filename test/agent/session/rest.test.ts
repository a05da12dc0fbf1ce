import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rest } from '../../../agent/session/rest.ts';
import type { Step } from '../../../proto/index.ts';

const test = suite('agent/session/rest');
const step = (o: Partial<Step>): Step =>
  ({ index: 0, block: 0, phase: 'measure', design: 'sliced', attach: '', slices: [], ...o }) as Step;
const ATTACHED = step({ attach: 'bpf' });

test('a step without a hook waits as long as the last hook took to attach, within bounds', () => {
  const rest = new Rest({ steps: [step({}), ATTACHED] });
  assert.is(rest.before(step({})), 500, 'none has been attached yet');
  rest.attached(120);
  assert.is(rest.before(step({})), 120);
  rest.attached(1_700);
  assert.is(rest.before(step({})), 500);
});

test('no other step waits: attached ones have waited, alternated ones are compared with nothing attached', () => {
  const rest = new Rest({ steps: [step({}), ATTACHED] });
  for (const other of [ATTACHED, step({ design: 'alternated' }), step({ phase: 'warmup' })])
    assert.is(rest.before(other), 0);
  assert.is(new Rest({ steps: [step({})] }).before(step({})), 0, 'nothing is attached in this fork');
});

test('a cancelled run waits no longer', async () => {
  const rest = new Rest({ steps: [ATTACHED] });
  const startedMs = performance.now();
  await rest.wait(step({}), AbortSignal.abort());
  assert.ok(performance.now() - startedMs < 400);
});

test.run();
