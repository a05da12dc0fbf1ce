// Every record is stored once, whatever breaks: duplicates, gaps, streams that replace each other, and a controller that is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AgentMessage, encode } from '../../../proto/index.ts';
import { readDurableFile } from '../../helpers/durable-file.ts';
import { startProxy } from '../../helpers/proxy.ts';
import { random } from '../../helpers/random.ts';
import { call, hello, IDS, samples, startController, Target, until, uplinkTo, withClosers } from './support.ts';

const resume = suite('resume');

const record = (sequence: number, n = 3): AgentMessage & { body: 'record' } => ({
  body: 'record',
  record: { sequence, ...IDS, ...samples(n, sequence) },
});
const greet = (ackedSequence = 0) => ({ body: 'hello', hello: hello({ ackedSequence }) }) as const;
const sequences = (target: Target) => target.records.map(({ sequence }) => sequence);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

for (const seed of [1, 2, 3]) {
  resume(`duplicated and reordered records: each is kept once, gaps are refused (seed ${seed})`, () =>
    withClosers(async (later) => {
      const target = new Target();
      const controller = await startController(target);
      later(controller.stop);
      const { uniform } = random(seed);
      let refused = 0;
      let duplicates = 0;
      // last one sent without a gap
      let known = 0;
      for (let round = 0; target.durableRecords < 100 && round < 60; round++) {
        const peer = call(controller.port, [greet()]);
        later(peer.close);
        await until('a welcome', () => peer.got.length > 0);
        const [first] = peer.got;
        if (first?.body !== 'welcome') throw new Error('no welcome');
        let next = first.welcome.durableSequence + 1;
        let gap = false;
        for (let i = 0; i < 12 && !gap; i++) {
          // back, on, or over one that is missing
          const step = uniform();
          if (step < 0.3) next = Math.max(1, next - Math.floor(4 * uniform()));
          gap = step > 0.93;
          if (gap) next = known + 2 + Math.floor(3 * uniform());
          else known = Math.max(known, next);
          peer.write(record(next));
          next += 1;
        }
        if (gap) {
          await until('its end', () => peer.ended.length > 0);
          assert.match(peer.ended[0]!.details, /record \d+ after \d+: some are missing/);
          refused += 1;
        } else await until('an ack', () => peer.got.some(({ body }) => body === 'ack'));
        duplicates = controller.agents.counters().duplicates;
        peer.close();
      }
      assert.equal(sequences(target), upTo(target.records.length));
      assert.ok(refused > 2 && duplicates > 5, `${refused} refused, ${duplicates} duplicates`);
    }),
  );
}

resume('what is stored is what came over the wire, to the byte', () =>
  withClosers(async (later) => {
    const target = new Target();
    const controller = await startController(target);
    later(controller.stop);
    // a field that is not known here stays in what is stored
    const odd = Buffer.concat([encode('Record', record(2).record), Buffer.from([0xf8, 0x07, 0x01])]);
    const wrapped = Buffer.concat([Buffer.from([0x12, odd.length]), odd]);
    const peer = call(controller.port, [greet(), record(1), wrapped]);
    later(peer.close);
    await until('both', () => target.records.length === 2);
    assert.equal(target.encoded, [encode('Record', record(1).record), odd]);
  }),
);

resume(
  'a newer stream of the same agent and run ends the one before, and what that still brings is not looked at',
  () =>
    withClosers(async (later) => {
      const target = new Target();
      const controller = await startController(target);
      later(controller.stop);
      const before = call(controller.port, [greet(), record(1)]);
      later(before.close);
      await until('an ack', () => before.got.some(({ body }) => body === 'ack'));
      const after = call(controller.port, [greet(1)]);
      later(after.close);
      await until('a welcome', () => after.got.length > 0);
      before.write(record(2));
      await until('its end', () => before.ended.length > 0);
      assert.is(before.ended[0]!.code, 10);
      assert.match(before.ended[0]!.details, /replaced by a newer stream/);
      await sleep(50);
      assert.equal(sequences(target), [1]);
      assert.equal(target.left, [], 'the agent never was away');
      after.write(record(2));
      await until('the new one is heard', () => target.records.length === 2);
    }),
);

resume('the agent knows what is durable better than a controller that has not seen its run', () =>
  withClosers(async (later) => {
    const target = new Target();
    const controller = await startController(target, {
      agents: { durableBefore: (_agent, run) => (run === 'older' ? 7 : 0) },
    });
    later(controller.stop);
    for (const [runId, ackedSequence, says] of [
      ['run', 5, 5],
      ['older', 5, 7],
    ] as const) {
      const peer = call(controller.port, [{ body: 'hello', hello: hello({ agentId: runId, runId, ackedSequence }) }]);
      later(peer.close);
      await until('a welcome', () => peer.got.length > 0);
      const [first] = peer.got;
      assert.is(first?.body === 'welcome' && first.welcome.durableSequence, says);
    }
  }),
);

resume('a controller that is killed again and again, behind a line that is cut: every record is stored once', () =>
  withClosers(async (later) => {
    const dir = mkdtempSync(join(tmpdir(), 'hookbench-resume-'));
    later(() => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, 'records');
    let controller = await controllerProcess(0, file);
    later(() => controller.process.kill('SIGKILL'));
    const { port } = controller;
    const proxy = await startProxy(port, { seed: 9, cuts: 6, bytes: [20_000, 900_000] });
    later(proxy.close);
    const agent = uplinkTo(proxy.port);
    later(agent.close);
    agent.uplink.connect();
    const { uniform } = random(11);
    const n = 400;
    let kills = 0;
    for (let i = 1; i <= n; i++) {
      agent.uplink.send(IDS, samples(1 + Math.floor(4000 * uniform()), i));
      if (i % 4 === 0) await sleep(5 * uniform());
      if (i % 180 !== 0) continue;
      controller.process.kill('SIGKILL');
      kills += 1;
      controller = await controllerProcess(port, file);
    }
    assert.ok(await agent.uplink.drained(30_000), agent.seen.broken.join());
    const { frames } = readDurableFile(file);
    assert.equal(
      frames.map(({ record }) => record.sequence),
      upTo(n),
    );
    assert.ok(frames.every(({ record }) => record.body === 'samples'));
    assert.is(agent.uplink.counters().discardedSamples, 0);
    assert.is(kills, 2);
    assert.ok(agent.uplink.counters().streams > 2, `${agent.uplink.counters().streams} streams, ${proxy.cuts()} cuts`);
  }),
);

async function controllerProcess(port: number, file: string): Promise<{ port: number; process: ChildProcess }> {
  const script = fileURLToPath(new URL('./controller-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(port), file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString()));
    child.once('exit', (code) => reject(new Error(`the controller ended with ${code}`)));
  });
  child.removeAllListeners('exit');
  return { port: Number(/port=(\d+)/.exec(said)?.[1]), process: child };
}

resume.run();
