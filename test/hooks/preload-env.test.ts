import { closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  buildLibrary,
  compile,
  freshPath,
  type HookedOptions,
  hookedEnv,
  ON_MUSL,
  runHooked,
} from '../helpers/preload.ts';
import { createRing, readHeader, readRings } from '../helpers/ring.ts';

const env = suite('hooks/preload environment');
const frame = Buffer.from('\u0006\0\0\0\u0000\u0001\0\0needle', 'latin1');

/** The program works as without the library, nothing is recorded, and one line says why. */
function passesThrough(options: HookedOptions, why: RegExp): void {
  const run = runHooked(compile('preload_feed'), [], { keywords: ['needle'], input: frame, ...options });
  assert.is(`${run.status} ${run.stdout}`, '0 ');
  assert.match(run.stderr, /^hookbench: not hooking, all calls pass through: [^\n]*\n$/);
  assert.match(run.stderr, why);
  assert.is(readHeader(run.ring).attached, 0);
  assert.equal(readRings(run.ring), []);
}

env('no ring file, or none that can be used', () => {
  passesThrough({ env: { HOOKBENCH_RING: undefined } }, /HOOKBENCH_RING: not set/);
  passesThrough({ env: { HOOKBENCH_RING: freshPath('absent') } }, /absent: cannot be opened/);
  const garbage = freshPath('garbage');
  writeFileSync(garbage, Buffer.alloc(8192, 'x'));
  passesThrough({ env: { HOOKBENCH_RING: garbage } }, /not a ring file/);
  const short = freshPath('short');
  createRing(short, { slots: 2, capacity: 64, action: 'observe' });
  truncateSync(short, 8192);
  passesThrough({ env: { HOOKBENCH_RING: short } }, /shorter than its header says/);
  const odd = freshPath('odd');
  createRing(odd, { slots: 1, capacity: 48, action: 'observe' });
  passesThrough({ env: { HOOKBENCH_RING: odd } }, /power of two/);
  passesThrough({ env: { HOOKBENCH_RING: '/dev/null' } }, /not a regular file/);
});

env('no keyword file, or none with a keyword in it', () => {
  passesThrough({ env: { HOOKBENCH_KEYWORDS: undefined } }, /HOOKBENCH_KEYWORDS: not set/);
  passesThrough({ env: { HOOKBENCH_KEYWORDS: freshPath('none') } }, /none: cannot be opened/);
  passesThrough({ keywords: [] }, /no keyword in the file/);
  passesThrough({ keywords: ['', ''] }, /no keyword in the file/);
  passesThrough({ keywords: Array.from({ length: 65535 }, (_, i) => `${i}`) }, /more than 65534 keywords/);
  const long = Array.from({ length: 400 }, (_, i) => `${i}${'x'.repeat(200)}`);
  passesThrough({ keywords: long }, /too many keywords for 65536 states/);
});

env('an action that is unknown or not the one in the ring file', () => {
  passesThrough({ env: { HOOKBENCH_ACTION: 'explode' } }, /explode: not one of observe, trace, block/);
  passesThrough({ env: { HOOKBENCH_ACTION: 'block' } }, /differs from the action in the ring file/);
  const unset = runHooked(compile('preload_feed'), [], { input: frame, env: { HOOKBENCH_ACTION: undefined } });
  assert.is(readHeader(unset.ring).attached, 1);
});

env('functions, scanners, clocks and errors that do not exist', () => {
  for (const [name, why, ...values] of [
    ['FUNCTIONS', /not a list of read, recv, /, '', 'write', 'read,', ',read', 'read,recvmmsg', 'read recv', 'READ'],
    ['SCANNER', /not one of ac, simd/, '', 'teddy', 'SIMD', 'ac,simd'],
    ['CLOCK', /not one of vdso, tsc/, '', 'hpet'],
    ['ERRNO', /not one of ECONNRESET, /, '', 'EAGAIN', 'EINTR', '0', '-1', '11', '1040', '104x', 'x', '4294967400'],
  ] as const) {
    for (const value of values) passesThrough({ env: { [`HOOKBENCH_${name}`]: value } }, why);
  }
});

env('the ring file is not what it should be: each number in its header', () => {
  for (const [offset, value, why] of [
    [0, 0, /not a ring file/],
    [8, 2, /another ABI version/],
    [12, 64, /other header or record size/],
    [16, 0, /ring_slots out of range/],
    [16, 65_537, /ring_slots out of range/],
    [16, 0xffff_ffff, /ring_slots out of range/],
    [20, 0, /capacity is not a power of two/],
    [20, 0x8000_0000, /capacity is not a power of two/],
    [20, 1 << 24, /shorter than its header says/],
    [24, 31, /other header or record size/],
    [28, 3, /unknown action/],
  ] as const) {
    const ring = freshPath('hostile');
    createRing(ring, { slots: 4, capacity: 64, action: 'observe' });
    const fd = openSync(ring, 'r+');
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    writeSync(fd, bytes, 0, 4, offset);
    closeSync(fd);
    passesThrough({ env: { HOOKBENCH_RING: ring, HOOKBENCH_ACTION: undefined } }, why);
  }
});

/** What a hooked program passes on to its children as LD_PRELOAD. */
function handedOn(preload: string, extra: Record<string, string> = {}): string | undefined {
  const { env } = hookedEnv({ env: { ...extra, LD_PRELOAD: preload } });
  const run = runHooked('env', [], { env });
  assert.is(run.status, 0);
  const line = run.stdout.split('\n').find((one) => one.startsWith('LD_PRELOAD='));
  assert.ok(run.stdout.includes('HOOKBENCH_RING='));
  return line?.slice('LD_PRELOAD='.length);
}

// `env` and bash of this machine run on glibc; test/fixtures/preload_musl.c says what it hands on
const onGlibc = ON_MUSL ? env.skip : env;

onGlibc('LD_PRELOAD does not reach children; other libraries in it do', () => {
  const library = buildLibrary();
  const other = freshPath('other.so');
  const another = freshPath('another.so');
  for (const path of [other, another]) compile('preload_early', '-shared', '-fPIC', '-o', path);
  const roundabout = library.replace('/libhookbench.so', '/../build/libhookbench.so');
  assert.is(handedOn(library), undefined);
  assert.is(handedOn(roundabout), undefined);
  assert.is(handedOn(`${library}:${library}`), undefined);
  assert.is(handedOn(`${library}:${roundabout}`), undefined);
  assert.is(handedOn(`${other}:${library}`), other);
  assert.is(handedOn(`${library} ${other}`), other);
  assert.is(handedOn(`${other}:${library}:${another}`), `${other}:${another}`);
  assert.is(handedOn(library, { HOOKBENCH_INHERIT: '1' }), library);
});

onGlibc('bash, which brings its own getenv and setenv, hands nothing on either', () => {
  const run = runHooked('bash', ['-c', 'echo "shell:$LD_PRELOAD"; env | grep -c ^LD_PRELOAD=']);
  assert.is(`${run.stdout}${run.stderr}`, 'shell:\n0\n');
  assert.is(readHeader(run.ring).attached, 1);
});

env.run();
