import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startTicks, UndoStack, undoLeftovers } from '../../../agent/host/undo.ts';

const undo = suite('undo');

/** A folder with a journal folder in it, and processes, all gone at the end. */
async function inFolder(
  work: (o: { dir: string; journal: string; start: (file: string, args: string[]) => ChildProcess }) => unknown,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-undo-test-'));
  const children: ChildProcess[] = [];
  const start = (file: string, args: string[]) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  };
  try {
    await work({ dir, journal: join(dir, 'journal'), start });
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 200 && startTicks(pid) !== ''; i++) await sleep(10);
  return startTicks(pid) === '';
}

/** a journal of a process that is no longer there */
function writeJournal(dir: string, changes: unknown): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, `${process.pid}-1.json`);
  writeFileSync(path, typeof changes === 'string' ? changes : JSON.stringify(changes));
  return path;
}

undo('steps run in reverse order; one that fails does not stop the others', () =>
  inFolder(async ({ journal }) => {
    const stack = new UndoStack(journal);
    const order: string[] = [];
    stack.push('first', null, () => void order.push('first'));
    stack.push('second', null, () => {
      throw new Error('no');
    });
    stack.push('third', null, () => Promise.reject(new Error('not either')));
    stack.push('fourth', null, async () => void order.push('fourth'));
    assert.is(stack.size, 4);
    assert.equal(await stack.run(), ['third: not either', 'second: no']);
    assert.equal(order, ['fourth', 'first']);
    assert.is(stack.size, 0);
    assert.equal(await stack.run(), [], 'nothing twice');
  }),
);

undo('the journal holds what is not undone yet, and is gone with the last of it', () =>
  inFolder(async ({ journal }) => {
    const stack = new UndoStack(journal);
    const inJournal = () =>
      readdirSync(journal).flatMap((file) => JSON.parse(readFileSync(join(journal, file), 'utf8')));
    const seen: unknown[] = [];
    stack.push('nothing for the journal', null, () => undefined);
    assert.equal(inJournal(), []);
    const a = { kind: 'directory', path: '/tmp/hookbench-a' } as const;
    const b = { kind: 'process', pid: 4_000_000, startTicks: '5' } as const;
    stack.push('a', a, () => void seen.push(inJournal()));
    stack.push('b', b, () => void seen.push(inJournal()));
    await stack.run();
    assert.equal(seen, [[a, b], [a]]);
    assert.equal(readdirSync(journal), []);
  }),
);

undo('a journal that can no longer be written does not stop the undoing', () =>
  inFolder(async ({ journal }) => {
    const stack = new UndoStack(journal);
    const order: number[] = [];
    for (const n of [1, 2, 3]) {
      stack.push(`step ${n}`, { kind: 'directory', path: `/tmp/hookbench-none-${n}` }, () => void order.push(n));
    }
    rmSync(journal, { recursive: true });
    const failed = await stack.run();
    assert.equal(order, [3, 2, 1]);
    assert.ok(failed.every((text) => /ENOENT/.test(text)));
  }),
);

undo('what a killed agent left is undone by the next one, once', () =>
  inFolder(async ({ journal, start }) => {
    const left = mkdtempSync(join(tmpdir(), 'hookbench-left-'));
    writeFileSync(join(left, 'ring'), 'x');
    const sut = start('sleep', ['60']);
    const other = start('sleep', ['60']);
    const script = `
      const { UndoStack, startTicks } = await import(${JSON.stringify(new URL('../../../agent/host/undo.ts', import.meta.url).href)});
      const stack = new UndoStack(${JSON.stringify(journal)});
      stack.push('folder', { kind: 'directory', path: ${JSON.stringify(left)} }, () => {});
      stack.push('sut', { kind: 'process', pid: ${sut.pid}, startTicks: startTicks(${sut.pid}) }, () => {});
      console.log('pushed');
      setInterval(() => {}, 1000);`;
    const agent = start(process.execPath, [
      '--import',
      import.meta.resolve('tsx'),
      '--input-type=module',
      '-e',
      script,
    ]);
    await Promise.race([
      new Promise((resolve) => agent.stdout?.once('data', resolve)),
      sleep(10_000, null, { ref: false }).then(() => Promise.reject(new Error('the agent said nothing'))),
    ]);
    assert.equal(undoLeftovers(journal), [], 'while it lives nothing of it is touched');
    assert.ok(existsSync(left));
    agent.kill('SIGKILL');
    assert.ok(await gone(agent.pid!));
    assert.equal(undoLeftovers(journal), [`ended process ${sut.pid}`, `removed ${left}`]);
    assert.ok(await gone(sut.pid!));
    assert.not(existsSync(left));
    assert.not(startTicks(other.pid!) === '', 'another process lives on');
    assert.equal(undoLeftovers(journal), []);
    assert.equal(readdirSync(journal), []);
  }),
);

undo('a hostile journal removes and ends nothing that is not ours', () =>
  inFolder(async ({ dir, journal, start }) => {
    const kept = join(dir, 'kept');
    mkdirSync(kept);
    const victim = start('sleep', ['60']);
    const link = join(tmpdir(), `hookbench-link-${process.pid}`);
    symlinkSync(kept, link);
    writeFileSync(join(kept, 'file'), 'x');
    const paths = [
      kept,
      '/tmp',
      '/tmp/',
      '/tmp/hookbench-x/../../etc',
      '/tmp/hookbench-',
      `/tmp/hookbench-a\n`,
      '/dev/shm/other',
      'hookbench-a',
      '',
      [link],
      null,
    ];
    const ticks = startTicks(victim.pid!);
    writeJournal(journal, [
      ...paths.map((path) => ({ kind: 'directory', path })),
      { kind: 'directory', path: link },
      { kind: 'process', pid: victim.pid, startTicks: String(Number(ticks) + 1) },
      { kind: 'process', pid: victim.pid, startTicks: '' },
      { kind: 'process', pid: String(victim.pid), startTicks: ticks },
      { kind: 'process', pid: 'self', startTicks: startTicks(process.pid) },
      { kind: 'process', pid: -victim.pid!, startTicks: ticks },
      { kind: 'process', pid: 0, startTicks: '' },
      { kind: 'process', pid: 1, startTicks: startTicks(1) },
      { kind: 'command', command: `rm -rf ${kept}` },
      null,
      7,
    ]);
    assert.equal(undoLeftovers(journal), [`removed ${link}`]);
    assert.ok(existsSync(join(kept, 'file')), 'the link went, not what it points to');
    assert.is(startTicks(victim.pid!), ticks);
  }),
);

undo('a journal that is no journal is put away; files of other names stay', () =>
  inFolder(({ journal }) => {
    for (const text of ['', '{', 'null', '{"kind":"directory"}', '[[[]]]', '"x"']) {
      const path = writeJournal(journal, text);
      assert.equal(undoLeftovers(journal), []);
      assert.not(existsSync(path), text);
    }
    writeFileSync(join(journal, 'notes.json'), '[]');
    writeFileSync(join(journal, `${process.pid}-1.json.new`), '[{"kind":"dir');
    undoLeftovers(journal);
    assert.equal(readdirSync(journal), ['notes.json']);
  }),
);

undo('a journal folder that others can write is neither used nor believed', () =>
  inFolder(({ dir, journal }) => {
    const left = mkdtempSync(join(tmpdir(), 'hookbench-left-'));
    writeJournal(journal, [{ kind: 'directory', path: left }]);
    chmodSync(journal, 0o777);
    assert.equal(undoLeftovers(journal), []);
    assert.throws(() => new UndoStack(journal), /only this user can write/);
    const link = join(dir, 'link');
    symlinkSync(journal, link);
    chmodSync(journal, 0o700);
    assert.equal(undoLeftovers(link), []);
    assert.ok(existsSync(left));
    assert.equal(undoLeftovers(journal), [`removed ${left}`]);
    assert.equal(undoLeftovers(join(dir, 'nowhere')), []);
  }),
);

undo('startTicks names a process: the same while it lives, empty when it has ended', () =>
  inFolder(async ({ start }) => {
    assert.match(startTicks(process.pid), /^\d+$/);
    assert.is(startTicks(process.pid), startTicks(process.pid));
    const child = start('sleep', ['60']);
    assert.match(startTicks(child.pid!), /^\d+$/);
    child.kill('SIGKILL');
    assert.ok(await gone(child.pid!));
    assert.is(startTicks(2 ** 30), '');
  }),
);

undo.run();
