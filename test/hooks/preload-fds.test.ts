import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, freshPath, type Hooked, ON_MUSL, runHooked } from '../helpers/preload.ts';
import { readHeader, readRecords, readRings } from '../helpers/ring.ts';

const fds = suite('hooks/preload fds');

/** The program prints each read that has to be counted; the ring must hold these and no others. */
function countedExactly(run: Hooked): void {
  assert.is(`${run.status} ${run.stderr}`, '0 ');
  const recorded = readRecords(run.ring).map(({ pid, fd, bytes }) => `${pid} ${fd} ${bytes}`);
  assert.equal(recorded, run.stdout.trimEnd().split('\n'));
  const header = readHeader(run.ring);
  assert.equal([header.unringed, header.untrackedFds], [0, 0]);
}

fds('accept, accept4, null address, reuse, dup, dup2, dup3, fds above 1,000, __read_chk', () => {
  countedExactly(runHooked(compile('preload_fds')));
});

fds('a program built with _FORTIFY_SOURCE and full RELRO is seen as well', () => {
  countedExactly(runHooked(compile('preload_fds', '-D_FORTIFY_SOURCE=2', '-Wl,-z,now')));
});

fds('each kind of child: fork, clone without atfork, vfork, killed while owning a ring', () => {
  const run = runHooked(compile('preload_fork'), [], { slots: 4 });
  countedExactly(run);
  const pids = new Set(readRecords(run.ring).map(({ pid }) => pid));
  assert.is(pids.size, 16);
  for (const { pid, tid, abi } of readRecords(run.ring)) assert.equal([tid, abi], [pid, 1]);
  const claims = readRings(run.ring).reduce((sum, ring) => sum + ring.claims, 0);
  assert.is(claims, pids.size);
});

// musl runs the constructors of preloaded libraries first, ours before that one
(ON_MUSL ? fds.skip : fds)('calls from a constructor that runs before the hook own', () => {
  const library = freshPath('libearly.so');
  compile('preload_early', '-shared', '-fPIC', '-o', library);
  const program = compile('preload_late', library);
  countedExactly(runHooked(program));
});

fds.run();
