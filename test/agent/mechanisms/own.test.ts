import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import type { HookOrder, PlacedMechanism } from '../../../agent/mechanisms/mechanism.ts';
import { MECHANISMS, mechanismsOf } from '../../../agent/mechanisms/registry.ts';
import { checkAssignment } from '../../../agent/session/check.ts';
import { BenchError } from '../../../proto/index.ts';
import { buildOwn } from '../../helpers/own-hook.ts';

const dir = mkdtempSync(join(tmpdir(), 'hookbench-own-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const EXAMPLE = join(dir, 'example.so');
const SILENT = join(dir, 'silent.so');
buildOwn('example', EXAMPLE);
buildOwn('silent', SILENT);
let made = 0;

/** a folder of its own with these hooks in it */
function folder(...hooks: readonly (readonly [string, string])[]): string {
  const path = join(dir, `hooks-${made++}`);
  mkdirSync(path, { mode: 0o755 });
  for (const [name, from] of hooks) copyFileSync(from, join(path, `${name}.so`));
  return path;
}

async function ownOf(path: string): Promise<PlacedMechanism[]> {
  const all = await mechanismsOf(path, null);
  return all.filter((m): m is PlacedMechanism => !MECHANISMS.includes(m) && m.kind === 'placed');
}

async function found(path: string, id: string) {
  const mechanism = (await ownOf(path)).find((one) => one.id === id);
  if (mechanism === undefined) throw new Error(`no ${id}`);
  return { mechanism, ...(await mechanism.probe()) };
}

const own = suite('own hooks');

own('one that writes our ring is told by what it says there, another by what can be claimed', async () => {
  const path = folder(['vendor', EXAMPLE], ['plain', SILENT]);
  writeFileSync(join(path, 'README'), 'not a hook');
  assert.equal(
    (await ownOf(path)).map(({ id }) => id),
    ['own:plain', 'own:vendor'],
  );
  const vendor = await found(path, 'own:vendor');
  assert.equal(
    [vendor.support, vendor.mechanism.actions, vendor.mechanism.functions],
    ['supported', ['observe', 'trace'], ['read']],
  );
  assert.match(vendor.found, /writes our ring: parity, losses and its own clock are claimed/);
  const sha256 = createHash('sha256').update(readFileSync(EXAMPLE)).digest('hex');
  assert.is(vendor.mechanism.sha256, sha256);
  assert.ok(vendor.found.includes(sha256));
  const plain = await found(path, 'own:plain');
  assert.equal([plain.support, plain.mechanism.actions], ['supported', ['observe']]);
  assert.match(plain.found, /does not write our ring: .*parity is not known/);
});

own('what can not be trusted or loaded is not used, and the reason is told', async () => {
  const path = folder(['open', SILENT], ['good', SILENT]);
  chmodSync(join(path, 'open.so'), 0o666);
  symlinkSync(SILENT, join(path, 'out.so'));
  symlinkSync(join(path, 'good.so'), join(path, 'inside.so'));
  writeFileSync(join(path, 'text.so'), 'no library');
  writeFileSync(join(path, 'a b.so'), '');
  mkdirSync(join(path, 'folder.so'));
  execFileSync('mkfifo', [join(path, 'pipe.so')]);
  const told = await Promise.all(
    (await ownOf(path)).map(async (m) => [m.id, (await m.probe()).support, (await m.probe()).found]),
  );
  const reasons = Object.fromEntries(told.map(([id, support, why]) => [id, `${support} ${why}`]));
  const expected: Record<string, RegExp> = {
    'own:a_b': /^unsupported .*its name has other than/,
    'own:folder': /^unsupported .*no regular file/,
    'own:good': /^supported/,
    'own:inside': /^supported/,
    'own:open': /^unsupported .*others can write to it \(mode 666\)/,
    'own:out': /^unsupported .*a link out of the folder/,
    'own:pipe': /^unsupported .*no regular file/,
    'own:text': /^unsupported .*the loader says/,
  };
  assert.equal(Object.keys(reasons).sort(), Object.keys(expected));
  for (const [id, pattern] of Object.entries(expected)) assert.match(reasons[id] ?? '', pattern);
});

own('a folder that others can write to, or that is none, is refused whole', async () => {
  const open = folder(['good', SILENT]);
  chmodSync(open, 0o777);
  const above = folder();
  const below = join(above, 'below');
  mkdirSync(below, { mode: 0o755 });
  chmodSync(above, 0o775);
  const refusals: [string, RegExp][] = [
    [open, /others can write to it \(mode 777\)/],
    [below, /above it: others can write to it \(mode 775\)/],
    [join(dir, 'gone'), /ENOENT/],
    [SILENT, /it is no folder/],
  ];
  if (process.getuid?.() === 0) {
    const theirs = folder();
    chownSync(theirs, 12_345, 12_345);
    refusals.push([theirs, /it belongs to uid 12345/]);
  }
  for (const [path, pattern] of refusals) {
    const error = await mechanismsOf(path, null).catch((refused: unknown) => refused);
    assert.ok(error instanceof BenchError && error.code === 'usage', path);
    assert.match((error as BenchError).message, pattern);
  }
});

own('a user who can not read a hook is named', async () => {
  if (process.getuid?.() !== 0) return;
  const path = folder(['vendor', SILENT]);
  chmodSync(path, 0o700);
  const [mechanism] = await mechanismsOf(path, { uid: 64_137, gid: 64_137 }).then((all) => all.slice(-1));
  const { support, found: why } = await mechanism!.probe();
  assert.is(support, 'unsupported');
  assert.match(why, /SUTs run as uid 64137, gid 64137: let it read the file/);
});

own('a file that was changed after the agent started is not run', async () => {
  const path = folder(['vendor', SILENT]);
  const [mechanism] = await ownOf(path);
  appendFileSync(join(path, 'vendor.so'), ' ');
  const order: HookOrder = {
    ...{ keywords: [Buffer.from('x')], action: 'observe', functions: ['read'], dir: folder(), mostReads: 10 },
    host: { pinning: pinningOf(), undo: new UndoStack() },
  };
  const error = await mechanism!.place(order, 'x').catch((refused: unknown) => refused);
  assert.match((error as Error).message, /own:vendor is another file than when this agent started/);
});

own('the wire names hooks of the folder only, never a path', async () => {
  const mechanisms = await mechanismsOf(folder(['vendor', SILENT]), null);
  const instance = { id: 0, sut: 'read-loop', arm: 0, design: 'alternated' } as const;
  const assignment = (mechanism: string) => ({
    ...{ studyId: 's', assignmentId: 'a', fork: 0, condition: 'process', action: 'observe', blockErrno: '' },
    ...{ keywords: [Buffer.from('x')], requestBytes: 88, functions: ['read'], steps: [] },
    instances: [{ ...instance, mechanism }],
  });
  checkAssignment(assignment('own:vendor'), mechanisms);
  for (const word of ['own:other', 'own:../vendor', `own:${SILENT}`, SILENT, 'own:'])
    assert.throws(() => checkAssignment(assignment(word), mechanisms), /unknown mechanism/);
  assert.throws(() => checkAssignment(assignment('own:vendor')), /unknown mechanism/);
});

own.run();
