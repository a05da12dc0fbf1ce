/** The reading functions: which calls count for which name in HOOKBENCH_FUNCTIONS, and what a blocked call leaves behind. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pinningOf } from '../../agent/host/cores.ts';
import { libcOf } from '../../agent/host/libc.ts';
import { UndoStack } from '../../agent/host/undo.ts';
import { ldPreload } from '../../agent/mechanisms/ld-preload.ts';
import { BLOCK_ERRNOS, DEFAULT_BLOCK_ERRNO } from '../../proto/index.ts';
import { buildLibrary, compile, runHooked } from '../helpers/preload.ts';
import { readHeader, readRecords, readRings } from '../helpers/ring.ts';

const functions = suite('hooks/preload functions');
const ALL = ['read', 'recv', 'recvfrom', 'readv', 'recvmsg'] as const;

/** Calls of the functions asked for are counted, each once, and no others: the rest prints nothing that is expected. */
function countedFor(asked: string | undefined, names: readonly string[]): void {
  const run = runHooked(compile('preload_flags'), [], { env: { HOOKBENCH_FUNCTIONS: asked } });
  assert.is(`${run.status} ${run.stderr}`, '0 ');
  const expected = run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([name]) => names.includes(name!))
    .map(([, ...rest]) => rest.join(' '));
  const recorded = readRecords(run.ring).map(({ pid, fd, bytes }) => `${pid} ${fd} ${bytes}`);
  assert.equal(recorded, expected);
  assert.ok(expected.length >= 2);
  const bits = names.map((name) => 1 << (ALL as readonly string[]).indexOf(name));
  assert.is(
    readHeader(run.ring).functions,
    bits.reduce((sum, bit) => sum | bit),
  );
}

functions('read alone unless asked otherwise; each name stands for its own function', () => {
  countedFor(undefined, ['read']);
  for (const name of ALL) countedFor(name, [name]);
});

functions('several names, and all: PEEK, OOB, ERRQUEUE, TRUNC and the connecting end never count', () => {
  countedFor('recv,readv', ['recv', 'readv']);
  countedFor(ALL.join(','), ALL);
});

functions('what brought nothing is counted as error or end of the same functions', () => {
  const program = compile('preload_flags');
  const errors = (asked: string): number =>
    readRings(runHooked(program, [], { env: { HOOKBENCH_FUNCTIONS: asked } }).ring)[0]?.errors ?? 0;
  assert.is(errors('recv'), 1);
  assert.is(errors('readv'), 2);
  assert.is(errors('recvmsg'), 1);
  assert.is(errors('read'), 0);
});

const BLOCKED = ['read', '__read_chk', 'recv', '__recv_chk', 'recvfrom', '__recvfrom_chk', 'readv', 'recvmsg'];
const whatBlocksSays = (errno: number): string =>
  [...BLOCKED, 'recvmsg', 'recvfrom+address'].map((name) => `${name} -1 ${errno} clean\n`).join('');

functions('block: every function fails, and nothing of the bytes, sender, control data or descriptors is left', () => {
  for (const scanner of ['ac', 'simd']) {
    const env = { HOOKBENCH_FUNCTIONS: ALL.join(','), HOOKBENCH_SCANNER: scanner };
    const run = runHooked(compile('preload_blocked'), ['a needle!'], { action: 'block', keywords: ['needle'], env });
    assert.is(`${run.status} ${run.stderr}`, '0 ');
    assert.is(run.stdout, whatBlocksSays(constants.errno.ECONNRESET));
    const [ring] = readRings(run.ring);
    assert.equal([ring?.reads, ring?.hits, ring?.blocked], [18, 10, 10]);
    assert.is(readHeader(run.ring).blockErrno, constants.errno.ECONNRESET);
  }
});

functions(
  'block: each error that a study may ask for is known to the library, under the number the agent holds it to',
  async () => {
    buildLibrary();
    const libc = libcOf(compile('preload_feed'));
    for (const blockErrno of BLOCK_ERRNOS) {
      const dir = mkdtempSync(join(tmpdir(), 'hookbench-errno-'));
      const undo = new UndoStack();
      const host = { pinning: pinningOf(), undo };
      const order = { keywords: [Buffer.from('needle')], action: 'block', functions: ['read'], host, dir } as const;
      try {
        const hook = await ldPreload.place({ ...order, blockErrno, mostReads: 10 }, 'one', libc);
        const other = await ldPreload.place({ ...order, mostReads: 10 }, 'other', libc);
        const { pid, stderr } = spawnSync(compile('preload_feed'), { env: hook.env, encoding: 'utf8', input: '' });
        assert.is(stderr, '');
        hook.assertLive(pid);
        const second = spawnSync(compile('preload_feed'), {
          env: { ...other.env, HOOKBENCH_ERRNO: blockErrno },
          input: '',
        });
        if (blockErrno === DEFAULT_BLOCK_ERRNO) other.assertLive(second.pid);
        else assert.throws(() => other.assertLive(second.pid), /not live/, 'another error than was asked for');
      } finally {
        await undo.run();
        rmSync(dir, { recursive: true });
      }
    }
  },
);

functions('block: the error is the one asked for, by name or number', () => {
  const blocked = (errno: string) => {
    const env = { HOOKBENCH_FUNCTIONS: ALL.join(','), HOOKBENCH_ERRNO: errno };
    return runHooked(compile('preload_blocked'), ['needle'], { action: 'block', keywords: ['needle'], env }).stdout;
  };
  assert.is(blocked('EPIPE'), whatBlocksSays(constants.errno.EPIPE));
  assert.is(blocked('ETIMEDOUT'), whatBlocksSays(constants.errno.ETIMEDOUT));
  assert.is(blocked(String(constants.errno.EIO)), whatBlocksSays(constants.errno.EIO));
});

functions('not asked for: a blocked keyword still reaches the program by the other functions', () => {
  const run = runHooked(compile('preload_blocked'), ['needle'], { action: 'block', keywords: ['needle'] });
  const failed = run.stdout.split('\n').filter((line) => line.includes(' -1 '));
  assert.equal(
    failed.map((line) => line.split(' ')[0]),
    ['read', '__read_chk'],
  );
});

functions.run();
