/** The library's own parts under gcc's sanitizers, and a hooked program under valgrind. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildLibrary, compile, compileOn, freshPath, ROOT, runHooked } from '../helpers/preload.ts';
import { needs } from '../helpers/require.ts';
import { createRing, readHeader, readRings } from '../helpers/ring.ts';

const sanitize = suite('hooks/preload under sanitizers');
const HOOKS = join(ROOT, 'hooks');

const sources = (folder: string, wanted: RegExp): readonly string[] =>
  readdirSync(join(HOOKS, folder))
    .filter((name) => name.endsWith('.c') && wanted.test(name))
    .map((name) => join(HOOKS, folder, name));

const SCANNERS = [...sources('preload', /^(scanner|scattered|teddy)/), ...sources('scan', /./)];
const RINGS = sources('preload', /^(ring|process|fdtable|real)/);

function run(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const ended = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000, env: { ...process.env, ...env } });
  return { ...ended, all: `${ended.status} ${ended.stderr}` };
}

/** Comparisons made, hits among them, and how often each level ran. */
function fuzzed(stdout: string): readonly number[] {
  return [...stdout.matchAll(/\d+/g)].map(([number]) => Number(number));
}

sanitize('scanners: as the plainest search, and not a byte outside of the buffer', () => {
  const ended = run(compile('scan_fuzz', ...SCANNERS), ['1', '250']);
  assert.is(`${ended.all}${ended.stdout.split(',')[0]}`, '0 40000 cases');
  const [, hits, ...levels] = fuzzed(ended.stdout);
  assert.ok(hits! > 4000 && hits! < 34_000, ended.stdout);
  const has = readLevel();
  for (const level of [2, 3, 4]) if (level <= has) assert.ok(levels[level - 1]! > 20, ended.stdout);
});

/** The highest level of this processor, as a hooked program reports it. */
function readLevel(): number {
  return readHeader(runHooked(compile('preload_feed'), [], { env: { HOOKBENCH_SCANNER: 'simd' } }).ring).scannerLevel;
}

sanitize('scanners: nothing for the address and undefined-behaviour sanitizers', () => {
  const flags = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const ended = run(compile('scan_fuzz', ...flags, ...SCANNERS), ['2', '40'], { ASAN_OPTIONS: 'detect_leaks=0' });
  assert.is(`${ended.all}${ended.stdout.split(',')[0]}`, '0 6400 cases');
});

for (const [what, ...flags] of [
  ['thread', '-fsanitize=thread'],
  ['address and undefined-behaviour', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
] as const) {
  sanitize(`rings and fd table: nothing for the ${what} sanitizer`, () => {
    const ring = freshPath('ring');
    createRing(ring, { slots: 6, capacity: 64, action: 'observe' });
    const ended = run(compile('ring_race', '-g', ...flags, ...RINGS, '-ldl'), [ring, '8', '500']);
    assert.is(`${ended.status} ${ended.stderr}`, '0 ');
    const [written, unringed] = fuzzed(ended.stdout);
    assert.is(written! + unringed!, 3 * 8 * 500);
    assert.ok(written! > 0);
  });
}

const hasValgrind = spawnSync('valgrind', ['--version']).status === 0;
if (!hasValgrind) process.stdout.write('SKIP: needs valgrind\n');

for (const libc of needs('musl') ? (['glibc', 'musl'] as const) : (['glibc'] as const)) {
  (hasValgrind ? sanitize : sanitize.skip)(`a hooked program on ${libc}: nothing for valgrind`, () => {
    for (const scanner of ['ac', 'simd']) {
      const env = {
        LD_PRELOAD: buildLibrary(libc),
        HOOKBENCH_INHERIT: '1',
        HOOKBENCH_SCANNER: scanner,
        HOOKBENCH_FUNCTIONS: 'read,recv,recvfrom,readv,recvmsg',
      };
      const known = join(ROOT, 'test', 'fixtures', 'valgrind.supp');
      const program = compileOn(libc, 'preload_blocked', '-g');
      const args = ['-q', '--error-exitcode=9', `--suppressions=${known}`, program, 'a needle!'];
      const ended = runHooked('valgrind', args, { env, action: 'block', keywords: ['needle'] });
      const told = ended.stderr
        // valgrind tells of a system call that is refused on purpose (hooks/preload/readable.c)
        .replaceAll(/^--\d+-- sigprocmask: unknown 'how' field -1\n/gm, '')
        // valgrind's own launcher runs on glibc
        .replaceAll(/^hookbench: .*this is the library for musl\n/gm, '');
      assert.is(`${ended.status} ${told}`, '0 ');
      const [ring] = readRings(ended.ring);
      assert.equal([ring?.reads, ring?.blocked], [18, 10]);
    }
  });
}

sanitize.run();
