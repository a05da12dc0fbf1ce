/** Where the library must do nothing, or nothing but what it is for: other libcs, other libraries, set-user-id programs, programs started
 * from here, and ring files that are not what they should be. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildLibrary, compile, freshPath, hookedEnv, ROOT, runHooked } from '../helpers/preload.ts';
import { needs } from '../helpers/require.ts';
import { readHeader, readRecords, readRings } from '../helpers/ring.ts';

const harmless = suite('hooks/preload harmlessness');
const ALL = 'read,recv,recvfrom,readv,recvmsg';

/** A test where this machine has what it takes; a skip with the reason elsewhere. */
function where(has: boolean, needs: string): typeof harmless | typeof harmless.skip {
  if (!has) process.stdout.write(`SKIP: needs ${needs}\n`);
  return has ? harmless : harmless.skip;
}

for (const [libc, cc, refusal] of [
  ['musl', 'musl-gcc', 'is not glibc'],
  ['glibc', 'cc', 'is glibc, and this is the library for musl'],
] as const)
  where(needs('musl'), 'musl-tools')(
    `a program on ${libc} with the library for the other libc: one line says that nothing is hooked, and every call works`,
    () => {
      const library = buildLibrary(libc === 'musl' ? 'glibc' : 'musl');
      const program = freshPath(libc);
      const source = join(ROOT, 'test', 'fixtures', 'preload_musl.c');
      const built = spawnSync(cc, ['-O2', '-o', program, source], { encoding: 'utf8' });
      assert.is(built.status, 0, built.stderr);
      const env = { HOOKBENCH_FUNCTIONS: ALL, LD_PRELOAD: library };
      const run = runHooked(program, [], { action: 'block', keywords: ['needle'], env });
      assert.is(run.stdout, `${'6 needle\n'.repeat(5)}LD_PRELOAD=\n`);
      assert.is(run.stderr, `hookbench: not hooking, all calls pass through: libc: this program's ${refusal}\n`);
      assert.is(run.status, 0);
      assert.is(readHeader(run.ring).attached, 0);
    },
  );

where(needs('musl'), 'musl-tools')('musl: every function is hooked, and nothing is handed on', () => {
  const program = freshPath('musl');
  const source = join(ROOT, 'test', 'fixtures', 'preload_musl.c');
  assert.is(spawnSync('musl-gcc', ['-O2', '-o', program, source]).status, 0);
  const env = { HOOKBENCH_FUNCTIONS: ALL, LD_PRELOAD: buildLibrary('musl') };
  const run = runHooked(program, [], { keywords: ['needle'], env });
  assert.equal([run.status, run.stdout, run.stderr], [0, `${'6 needle\n'.repeat(5)}LD_PRELOAD=\n`, '']);
  assert.equal(
    readRecords(run.ring).map(({ bytes, keyword }) => [bytes, keyword]),
    Array.from({ length: 5 }, () => [6, 0]),
  );
  assert.is(readHeader(run.ring).attached, 1);
});

for (const first of ['ours', 'theirs']) {
  harmless(`with another preload library, ${first} first: both see every call`, () => {
    const other = freshPath('other.so');
    compile('preload_other', '-shared', '-fPIC', '-o', other, '-ldl');
    const libraries = first === 'ours' ? [buildLibrary(), other] : [other, buildLibrary()];
    const env = { HOOKBENCH_FUNCTIONS: ALL, LD_PRELOAD: libraries.join(':') };
    const run = runHooked(compile('preload_flags'), [], { env });
    assert.is(run.status, 0, run.stderr);
    const lines = run.stdout.trimEnd().split('\n');
    const recorded = readRecords(run.ring).map(({ pid, fd, bytes }) => `${pid} ${fd} ${bytes}`);
    assert.equal(
      recorded,
      lines.map((line) => line.replace(/^\S+ /, '')),
    );
    const [reads, received, accepted] = /other: (\d+) (\d+) (\d+)/.exec(run.stderr)!.slice(1).map(Number);
    // The program's two and our keyword file; a hooked __read_chk goes on as read.
    assert.equal([reads, accepted], [first === 'ours' ? 4 : 3, 1]);
    assert.ok(received! >= 8);
  });
}

harmless('programs started from here are not hooked, by whatever way; with HOOKBENCH_INHERIT=1 they are', () => {
  const program = compile('preload_exec');
  for (const inherit of [undefined, '1']) {
    const run = runHooked(program, [], { env: { HOOKBENCH_INHERIT: inherit } });
    assert.is(`${run.status} ${run.stderr}`, '0 ');
    const lines = run.stdout.trimEnd().split('\n');
    assert.is(lines.filter((line) => line.startsWith('child')).length, 4);
    const expected = lines
      .filter((line) => inherit || !line.startsWith('child'))
      .map((line) => line.replace('child ', ''));
    assert.equal(
      readRecords(run.ring).map(({ pid, fd, bytes }) => `${pid} ${fd} ${bytes}`),
      expected,
    );
  }
});

/** A library that ld.so also loads for set-user-id programs, when it is set-user-id itself and named without a path. */
const trusted = readdirSync('/usr/lib')
  .map((folder) => join('/usr/lib', folder, 'libBrokenLocale.so.1'))
  .find((path) => spawnSync('test', ['-f', path]).status === 0);
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

where(canMount && trusted !== undefined, 'root and unshare')(
  'a set-user-id program that has it loaded is left alone',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hookbench-setuid-'));
    try {
      chmodSync(folder, 0o755);
      const library = join(folder, 'library');
      const program = join(folder, 'program');
      copyFileSync(buildLibrary(), library);
      copyFileSync(compile('preload_secure'), program);
      const { ring, env } = hookedEnv({ action: 'block', keywords: ['needle'] });
      const run = (mode: number, user: number): string => {
        for (const path of [library, program]) chmodSync(path, mode);
        for (const path of [ring, env.HOOKBENCH_KEYWORDS!]) chownSync(path, user, user);
        // In a mount namespace of its own, so that nothing of it is left.
        const script =
          'mount --bind "$1" "$2" && exec setpriv --reuid "$4" --clear-groups env LD_PRELOAD="$5" "$3" "$2"';
        const own = { ...env, LD_PRELOAD: undefined };
        const args = ['-m', 'sh', '-c', script, 'sh', library, trusted!, program, String(user), basename(trusted!)];
        const ended = spawnSync('unshare', args, { env: own, encoding: 'utf8' });
        return `${ended.stdout}${ended.stderr}`;
      };
      assert.is(run(0o4755, 65534), '65534 0 loaded 6 needle\n');
      assert.equal([readHeader(ring).attached, readRings(ring).length], [0, 0]);
      assert.match(run(0o755, 0), /^0 0 loaded -1 /);
      assert.is(readHeader(ring).attached, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

where(canMount, 'root and unshare')(
  'a ring on a full filesystem: refused, or counted as unringed, and no signal',
  () => {
    const program = compile('preload_threads');
    const script = `mount -t tmpfs -o size=$1 none /mnt && cp --sparse=always "$HOOKBENCH_RING" /mnt/ring && export HOOKBENCH_RING=/mnt/ring &&
    { LD_PRELOAD=$2 "$3" 1 4 20; code=$?; cp --sparse=always /mnt/ring "$4"; exit $code; }`;
    const run = (size: string) => {
      const { env } = hookedEnv({ slots: 8, capacity: 4096 });
      const copy = freshPath('ring');
      const args = ['-m', 'sh', '-c', script, 'sh', size, buildLibrary(), program, copy];
      const ended = spawnSync('unshare', args, { env: { ...env, LD_PRELOAD: undefined }, encoding: 'utf8' });
      assert.is(ended.status, 0, ended.stderr);
      return { header: readHeader(copy), rings: readRings(copy), stderr: ended.stderr };
    };
    const tiny = run('4k');
    assert.match(tiny.stderr, /no room left in its filesystem/);
    assert.is(tiny.header.attached, 0);
    // room for the counters and for the records of two rings at most: four threads of 20 reads
    const small = run('300k');
    assert.is(small.stderr, '');
    assert.is(small.header.attached, 1);
    assert.ok(small.header.unringed >= 40, `${small.header.unringed} without a ring`);
    assert.is(small.rings.reduce((sum, { reads }) => sum + Number(reads), 0) + small.header.unringed, 80);
  },
);

harmless('a ring file rewritten by somebody while the program runs', async () => {
  const { ring, env } = hookedEnv({ slots: 2, capacity: 64 });
  const child = spawn(compile('preload_feed'), [], { env });
  let out = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    out += text;
  });
  while (readHeader(ring).attached !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
  const frame = Buffer.from('\u0005\0\0\0\u0000\u0001\0\0hello', 'latin1');
  child.stdin.write(frame);
  while (readRings(ring)[0]?.reads !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
  // Everything but the size: the header's numbers, and a head and tail at the end of their range.
  const script = 'import sys; f=open(sys.argv[1],"r+b"); f.write(b"\\xff"*96); f.seek(4096); f.write(b"\\xff"*72)';
  assert.is(spawnSync('python3', ['-c', script, ring]).status, 0);
  child.stdin.end(Buffer.concat(Array.from({ length: 500 }, () => frame)));
  const [code, signal] = await once(child, 'exit');
  assert.equal([code, signal, out], [0, null, '']);
});

harmless.run();
