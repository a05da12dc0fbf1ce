/** Agents of somebody else's for a Java machine, in java-hello for real. */

import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { conditionOf } from '../../../agent/conditions/registry.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import type { HookOrder, PlacedMechanism } from '../../../agent/mechanisms/mechanism.ts';
import { MECHANISMS, mechanismsOf } from '../../../agent/mechanisms/registry.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { startSut } from '../../../agent/suts/start.ts';
import { buildOwnJar, buildOwnJvmti } from '../../helpers/own-hook.ts';
import { needs } from '../../helpers/require.ts';
import { NEVER } from './attached-check.ts';

const dir = mkdtempSync(join(tmpdir(), 'hookbench-own-java-'));
const undo = new UndoStack(join(dir, 'journal'));
const java = suite('own hooks, in a Java machine');
const test = needs('java') ? java : java.skip;
const hooks = new Map<string, PlacedMechanism>();
java.after(() => rmSync(dir, { recursive: true, force: true }));
java.after.each(async () => assert.equal(await undo.run(), []));
java.before(async () => {
  if (!needs('java')) return;
  const folder = join(dir, 'hooks');
  const work = join(dir, 'work');
  mkdirSync(folder, { mode: 0o755 });
  mkdirSync(work);
  chmodSync(dir, 0o755);
  buildOwnJvmti(join(folder, 'tool.jvmti.so'));
  buildOwnJar(join(folder, 'agent.jar'), work);
  for (const name of ['junk.jar', 'broken.jvmti.so']) writeFileSync(join(folder, name), 'neither');
  copyFileSync(join(folder, 'tool.jvmti.so'), join(folder, 'misnamed.so'));
  for (const one of await mechanismsOf(folder, null))
    if (!MECHANISMS.includes(one)) hooks.set(one.id, one as PlacedMechanism);
});

test('each is in the program that it was placed in, which answers; of it only the clocks outside are claimed', async () => {
  const host = { pinning: pinningOf(), undo };
  const order: HookOrder = {
    ...{ keywords: [Buffer.from('x')], action: 'observe', functions: ['read'], dir, mostReads: 10, host },
  };
  const { condition, options } = conditionOf('process');
  const placement = await condition.enter(host, options, dir);
  const sut = SUTS.find(({ id }) => id === 'java-hello')!;
  const plain = await startSut(sut, { placement, env: {}, signal: NEVER });
  for (const [id, manner] of [
    ['own:tool', /^is loaded by -agentpath, of tool\.jvmti\.so, sha256 [0-9a-f]{64}$/],
    ['own:agent', /^is loaded by -javaagent, of agent\.jar, sha256 [0-9a-f]{64}$/],
  ] as const) {
    const mechanism = hooks.get(id)!;
    assert.equal([mechanism.layer, mechanism.actions], ['runtime', ['observe']]);
    assert.is((await mechanism.probe()).support, 'supported');
    const placed = await mechanism.place(order, id.replace(':', '-'));
    const hooked = await startSut(sut, { placement, env: placed.env, signal: NEVER });
    placed.assertLive(hooked.pid);
    assert.throws(() => placed.assertLive(plain.pid), /is not in process/);
    assert.is(await answerOf(hooked.port), 200);
    assert.equal([placed.counts(), placed.drain()], [null, null]);
    assert.match(placed.manner!(), manner);
    await hooked.stop();
  }
  await plain.stop();
});

test('those that a Java machine does not load are refused in its words', async () => {
  const told = async (id: string) => {
    const { support, found } = await hooks.get(id)!.probe();
    return `${support} ${found}`;
  };
  assert.match(await told('own:junk'), /^unsupported junk\.jar is not used: .*Error opening zip file/);
  assert.match(await told('own:broken'), /^unsupported broken\.jvmti\.so is not used: .*Could not find agent library/);
});

test('they have nothing to do with programs of another kind; an agent named as a plain library is preloaded', () => {
  for (const id of ['own:tool', 'own:agent'])
    for (const sut of SUTS) assert.is(hooks.get(id)!.unsuited?.(sut) === null, sut.runtime === 'jvm', sut.id);
  assert.is(hooks.get('own:misnamed')!.layer, 'library');
});

function answerOf(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1' }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', reject);
  });
}

java.run();
