import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Instance, Step } from '#proto';
import { stepText } from '../../../agent/session/step-text.ts';

const test = suite('agent/session step text');

const design = 'alternated' as const;
const instances: Instance[] = [
  { id: 0, sut: 'read-loop', mechanism: 'none', arm: 0, design },
  { id: 1, sut: 'read-loop', mechanism: 'none', arm: 1, design },
  { id: 2, sut: 'read-loop', mechanism: 'ld-preload', arm: 2, design },
  { id: 3, sut: 'node-hello', mechanism: 'ld-preload:simd', arm: 3, design },
];

/** 0x80: the request holds a keyword */
function step(over: Partial<Step>, order: readonly number[] = [0, 2 | 0x80, 1]): Step {
  const slice = { sut: 'read-loop', order: Uint8Array.from(order), arm: 0, settle: 0, phase: 'measure' as const };
  return { index: 0, block: 0, phase: 'measure', design, attach: '', slices: [slice], ...over };
}

test('placed arms are all named, A/A once, and not those that do not run', () => {
  assert.is(stepText(step({}), { instances }), 'measuring read-loop: none, ld-preload');
  assert.is(stepText(step({}, [1, 0]), { instances }), 'measuring read-loop: none');
});

test('an attached mechanism is named, and in a warm-up nothing', () => {
  assert.is(stepText(step({ attach: 'bpf', design: 'sliced' }), { instances }), 'measuring with bpf: read-loop');
  assert.is(stepText(step({ phase: 'warmup' }), { instances }), 'warming up read-loop');
});

test.run();
