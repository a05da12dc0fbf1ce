import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkAssignment } from '../../../agent/session/check.ts';
import type { Assignment, BenchError, Instance, Slice, Step } from '../../../proto/index.ts';

const check = suite('assignment check');

const bytes = (...values: number[]) => Uint8Array.from(values);
const instance: Instance = { id: 0, sut: 'node-hello', mechanism: 'none', arm: 0, design: 'alternated' };
const hooked: Instance = { ...instance, id: 63, mechanism: 'ld-preload', arm: 2 };
const slice: Slice = { sut: 'node-hello', order: bytes(0, 63, 0x80, 0xbf), arm: 0, settle: 20, phase: 'unspecified' };
const step: Step = { index: 0, block: 0, phase: 'measure', design: 'alternated', attach: '', slices: [slice] };
const good: Assignment = {
  studyId: 's',
  assignmentId: 's/n/process/0',
  fork: 0,
  condition: 'process',
  action: 'observe',
  functions: ['read'],
  blockErrno: '',
  keywords: [bytes(65, 66), new Uint8Array(64).fill(255)],
  requestBytes: 88,
  instances: [instance, hooked],
  steps: [step, { ...step, design: 'sliced', attach: 'bpftrace' }],
};
const peer = { node: 'node-2', host: '10.0.0.5', port: 7463 };
const across: Assignment = { ...good, condition: 'nodes:host', loadPeer: peer };
const withStep = (change: Partial<Step>): Assignment => ({ ...good, steps: [{ ...step, ...change }] });
const withSlice = (change: Partial<Slice>) => withStep({ slices: [slice, { ...slice, ...change }] });
const withInstance = (change: Partial<Instance>): Assignment => ({
  ...good,
  instances: [instance, { ...hooked, ...change }],
});

check('a good one passes, and so do the largest sizes', () => {
  checkAssignment(good);
  checkAssignment(across);
  checkAssignment({ ...withInstance({ mechanism: 'ld-preload:simd' }), steps: [step], functions: ['recv', 'recvmsg'] });
  checkAssignment({ ...good, steps: [step], action: 'block', blockErrno: 'ECONNRESET' });
  checkAssignment({ ...good, steps: [step], action: 'block', blockErrno: 'ESHUTDOWN' });
  checkAssignment({ ...good, keywords: Array.from({ length: 2000 }, () => bytes(65)), requestBytes: 8192 });
  checkAssignment({ ...good, instances: Array.from({ length: 64 }, (_, id) => ({ ...instance, id })) });
  checkAssignment({ ...good, steps: new Array<Step>(20_000).fill(step) });
  checkAssignment(withSlice({ order: new Uint8Array(1_048_576) }));
});

const refusals: readonly [string, Assignment, RegExp][] = [
  ['an unknown condition', { ...good, condition: 'moon' }, /unknown condition moon; known here: process/],
  ['a condition that is no name', { ...good, condition: '../x' }, /"\.\.\/x" is not a condition/],
  ['a condition with an option that it lacks', { ...good, condition: 'process:rate=1mbit' }, /unknown option rate/],
  ['a peer without need', { ...good, loadPeer: peer }, /a load generator of another node with condition process/],
  ['no peer where one is needed', { ...good, condition: 'nodes:host' }, /condition nodes:host without a load gen/],
  ['a peer by name', { ...across, loadPeer: { ...peer, host: 'node-2' } }, /whose node, address or port is none/],
  ['a peer without port', { ...across, loadPeer: { ...peer, port: 0 } }, /whose node, address or port is none/],
  ['a peer of no name', { ...across, loadPeer: { ...peer, node: 'a b' } }, /whose node, address or port is none/],
  ['an unknown action', { ...good, action: 'explode' }, /action explode; known here: observe, trace, block/],
  ['block without an error', { ...good, steps: [step], action: 'block' }, /error ""; known here: ECONNRESET, /],
  [
    'an error that makes programs ask again',
    { ...good, steps: [step], action: 'block', blockErrno: 'EAGAIN' },
    /error "EAGAIN"; known here/,
  ],
  ['an error without block', { ...good, blockErrno: 'EPIPE' }, /error EPIPE with action observe, which fails no read/],
  [
    'an action its mechanism lacks',
    { ...good, action: 'block', blockErrno: 'EPIPE' },
    /action block for bpftrace; it can observe, trace/,
  ],
  [
    'an action its SUT lacks',
    { ...withInstance({ sut: 'read-loop' }), action: 'block', blockErrno: 'EPIPE' },
    /action block with read-loop/,
  ],
  ['no functions', { ...good, functions: [] }, /no functions to hook/],
  ['a function twice', { ...good, functions: ['read', 'read'] }, /a function twice/],
  ['an unknown function', { ...good, functions: ['open'] }, /function open; known here: read, recv, recvfrom/],
  [
    'a function its mechanism lacks',
    { ...good, functions: ['read', 'recv'] },
    /function recv for bpftrace; it can hook read/,
  ],
  ['no keywords', { ...good, keywords: [] }, /0 keywords/],
  ['too many keywords', { ...good, keywords: new Array<Uint8Array>(2001).fill(bytes(65)) }, /2001 keywords/],
  ['an empty keyword', { ...good, keywords: [bytes()] }, /a keyword of 0 bytes/],
  ['a long keyword', { ...good, keywords: [new Uint8Array(65).fill(65)] }, /a keyword of 65 bytes/],
  ['a keyword with NUL', { ...good, keywords: [bytes(65, 0)] }, /without NUL and newline/],
  ['a keyword with a newline', { ...good, keywords: [bytes(10)] }, /without NUL and newline/],
  ['long requests', { ...good, requestBytes: 8193 }, /requests of 8193 bytes/],
  ['no instances', { ...good, instances: [] }, /0 instances/],
  ['too many instances', { ...good, instances: new Array<Instance>(65).fill(instance) }, /65 instances/],
  ['too many steps', { ...good, steps: new Array<Step>(20_001).fill(step) }, /20001 steps/],
  ['an unknown SUT', withInstance({ sut: '/bin/sh' }), /unknown SUT \/bin\/sh; known here: java-hello/],
  ['an unknown mechanism', withInstance({ mechanism: 'telepathy' }), /unknown mechanism telepathy/],
  ['a mechanism from outside in an instance', withInstance({ mechanism: 'bpftrace' }), /attached from outside/],
  ['an instance id past 63', withInstance({ id: 64 }), /instance id 64/],
  ['an instance id twice', withInstance({ id: 0 }), /instance id 0/],
  ['an arm past a byte', withInstance({ arm: 256 }), /arm 256/],
  ['an instance without design', withInstance({ design: 'unspecified' }), /instance without design/],
  ['a step without phase', withStep({ phase: 'unspecified' }), /step without phase or design/],
  ['a step without design', withStep({ design: 'unspecified' }), /step without phase or design/],
  ['a step without slices', withStep({ slices: [] }), /step of 0 slices/],
  ['too many slices', withStep({ slices: new Array<Slice>(1001).fill(slice) }), /step of 1001 slices/],
  ['an unknown mechanism to attach', withStep({ attach: '$(id)' }), /unknown mechanism \$\(id\)/],
  ['a placed mechanism to attach', withStep({ attach: 'ld-preload' }), /attaches ld-preload, which can't be/],
  ['none to attach', withStep({ attach: 'none' }), /attaches none, which can't be/],
  ['an empty slice', withSlice({ order: bytes() }), /slice of 0 units/],
  ['an endless slice', withSlice({ order: new Uint8Array(1_048_577) }), /slice of 1048577 units/],
  ['endless settling', withSlice({ settle: 1_048_577 }), /settles for 1048577 units/],
  ['an instance that is not there', withSlice({ order: bytes(0, 5) }), /names an instance that is not there/],
  ['a slice of another SUT', withSlice({ sut: 'read-loop' }), /slice of read-loop that names an instance of another/],
  ['a slice arm past a byte', withSlice({ arm: 256 }), /arm 256/],
];

for (const [what, assignment, says] of refusals) {
  check(`refuses ${what}`, () => {
    try {
      checkAssignment(assignment);
    } catch (error) {
      assert.is((error as BenchError).code, 'usage');
      assert.match((error as BenchError).message, says);
      return;
    }
    assert.unreachable('it was accepted');
  });
}

check.run();
