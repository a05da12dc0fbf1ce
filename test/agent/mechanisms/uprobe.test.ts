import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BenchError } from '#proto';
import { UndoStack } from '../../../agent/host/undo.ts';
import { BPF_WINDOW_BYTES } from '../../../agent/mechanisms/kernel-loader.ts';
import { instructionsOf } from '../../../agent/mechanisms/uprobe/disassembly.ts';
import { emulatedSites, isEmulated } from '../../../agent/mechanisms/uprobe/emulated.ts';
import { uprobe, uprobeSymbol } from '../../../agent/mechanisms/uprobe/index.ts';
import { uprobeSites } from '../../../agent/mechanisms/uprobe/sites.ts';
import { DEFAULT_KEYWORDS, ROOT } from '../../helpers/preload.ts';
import { needs } from '../../helpers/require.ts';
import { checkAll, orderOf } from './attached-check.ts';

const hook = suite('agent/mechanisms uprobe, attached for real');
const test = needs('ebpf', 'bpf-build') ? hook : hook.skip;

const dir = mkdtempSync(join(tmpdir(), 'hookbench-uprobe-test-'));
const undo = new UndoStack(join(dir, 'journal'));
hook.before(() => {
  if (needs('bpf-build')) assert.is(spawnSync('make', ['-s', '-C', join(ROOT, 'hooks'), 'bpf']).status, 0);
});
hook.after(() => rmSync(dir, { recursive: true, force: true }));
hook.after.each(async () => {
  assert.equal(await undo.run(), []);
});

const words = () =>
  readFileSync(DEFAULT_KEYWORDS, 'latin1')
    .trimEnd()
    .split('\n')
    .map((word) => Buffer.from(word, 'latin1'));

for (const mechanism of [uprobe, uprobeSymbol]) {
  test(`${mechanism.id}: reads, bytes, hits and keywords are those of a naive search`, async () => {
    const order = orderOf(words(), { undo, dir });
    const attached = await checkAll(mechanism, order, {
      windowBytes: BPF_WINDOW_BYTES,
      seed: 5,
      only: ['descriptors', 'small', 'split'],
    });
    assert.match(
      attached.notes.join('\n'),
      mechanism === uprobe
        ? /read\+\d+ \([0-9a-f ]+: \S+ .*emulated by the kernel\)/
        : /^uprobe at the symbol: read\+0 /,
    );
  });
}

/** glibc 2.36 of Debian 12, as objdump 2.40 shows it */
const READ = `
   f82a0:	80 3d 31 33 0e 00 00 	cmpb   $0x0,0xe3331(%rip)        # 1db5d8 <__libc_single_threaded@@GLIBC_2.32>
   f82a7:	74 17                	je     f82c0 <__read@@GLIBC_2.2.5+0x20>
   f82a9:	31 c0                	xor    %eax,%eax
   f82ab:	0f 05                	syscall
   f82ad:	48 3d 00 f0 ff ff    	cmp    $0xfffffffffffff000,%rax
   f82b3:	77 5b                	ja     f8310 <__read@@GLIBC_2.2.5+0x70>
   f82b5:	c3                   	ret
`;

hook('instructions: those that the kernel emulates are found before the call and behind it', () => {
  const sites = emulatedSites(instructionsOf(READ));
  assert.is(sites?.entry.address, 0xf82a7);
  assert.equal(
    sites?.returns.map(({ text }) => text),
    ['ja f8310'],
  );
});

hook('instructions: where the result is moved away before one that is emulated, there is none', () => {
  const moved = READ.replace(
    '48 3d 00 f0 ff ff    	cmp    $0xfffffffffffff000,%rax',
    '48 89 c7             	mov    %rax,%rdi',
  );
  assert.is(emulatedSites(instructionsOf(moved)), null);
  assert.is(emulatedSites(instructionsOf(READ.replace('syscall', 'ud2'))), null);
});

hook('emulated: nop, relative jumps and calls, conditional jumps, push; nothing else', () => {
  const of = (...bytes: readonly number[]) => isEmulated({ address: 0, bytes, text: '' });
  const yes = [
    [0x90],
    [0xeb, 1],
    [0xe9, 1, 0, 0, 0],
    [0xe8, 1, 0, 0, 0],
    [0x74, 0x17],
    [0x0f, 0x84, 0, 0, 0, 0],
    [0x55],
    [0x41, 0x54],
  ];
  const no = [
    [0x80, 0x3d, 0, 0, 0, 0, 0],
    [0x0f, 0x05],
    [0xc3],
    [0x48, 0x3d, 0, 0, 0, 0],
    [0x66, 0xe9, 1, 0],
    [0x41, 0x89, 0xc0],
  ];
  assert.equal(
    yes.map((bytes) => of(...bytes)),
    yes.map(() => true),
  );
  assert.equal(
    no.map((bytes) => of(...bytes)),
    no.map(() => false),
  );
});

test('a process without glibc, and one that has ended: nobody to watch is an error that says so', async () => {
  const error = await uprobeSites([2], 'emulated').catch((e: unknown) => e);
  assert.is((error as BenchError).code, 'attach-failed');
  assert.match((error as BenchError).message, /has a libc/);
});

hook.run();
