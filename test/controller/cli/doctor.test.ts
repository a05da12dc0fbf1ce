import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderDoctor } from '../../../controller/cli/doctor.ts';
import { capability, hello } from '../../helpers/plan.ts';

const test = suite('cli/doctor');

const jvmti = capability('jvmti', {
  layer: 'runtime',
  actions: ['observe'],
  unsuited: [
    { sut: 'node-hello', why: 'node-hello is no Java program' },
    { sut: 'read-loop', why: 'read-loop is no Java program' },
    { sut: 'postgres', why: 'it forks' },
  ],
});

test('a mechanism has the SUTs it has nothing to do with, a line for each reason', () => {
  const text = renderDoctor(hello({ mechanisms: [jvmti] }), { columns: 80, color: false });
  assert.match(text, /^ {11}not on node-hello, read-loop: is no Java program$/m);
  assert.match(text, /^ {11}not on postgres: it forks$/m);
});

test('one that suits every SUT has no such line', () => {
  const text = renderDoctor(hello({ mechanisms: [capability('ld-preload')] }), { columns: 80, color: false });
  assert.not.match(text, /not on/);
});

test.run();
