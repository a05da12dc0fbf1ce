/** Holds a hook attached to real processes against a naive search: the same reads, bytes, hits and keywords, each read once. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as assert from 'uvu/assert';
import type { UndoStack } from '../../../agent/host/undo.ts';
import type {
  AttachedHook,
  AttachedMechanism,
  HookedFunction,
  HookOrder,
} from '../../../agent/mechanisms/mechanism.ts';
import { compile } from '../../helpers/preload.ts';
import { random } from '../../helpers/random.ts';
import { startScriptedReader } from '../../helpers/scripted-reads.ts';
import { readCases } from './read-cases.ts';

export const NEVER = new AbortController().signal;

export function orderOf(
  keywords: readonly Uint8Array[],
  o: { undo: UndoStack; dir: string; functions?: readonly HookedFunction[]; action?: 'observe' | 'trace' },
): HookOrder {
  const pinning = { cores: [0], load: null, sut: null, text: '' };
  const { undo, dir, functions = ['read'], action = 'observe' } = o;
  return { keywords, action, functions, host: { pinning, undo }, dir, mostReads: 20_000 };
}

/** All cases (or those named) at once, each in a process of its own, so that one attach checks them all and each one separately. */
export async function checkAll(
  mechanism: AttachedMechanism,
  order: HookOrder,
  o: { windowBytes: number; seed: number; only?: readonly string[] },
): Promise<AttachedHook> {
  const keywords = order.keywords.map((word) => Buffer.from(word));
  const cases = [...readCases({ keywords, windowBytes: o.windowBytes, random: random(o.seed) })].filter(
    ([name]) => o.only?.includes(name) ?? true,
  );
  const readers = await Promise.all(cases.map(() => startScriptedReader()));
  try {
    const pids = readers.map(({ pid }) => pid);
    const attached = await mechanism.attach(order, pids, NEVER);
    assert.is(attached.died(), null);
    const results = await Promise.all(readers.map((reader, i) => reader.run(cases[i]![1])));
    const findings = await attached.detach();
    for (const [i, [name, script]] of cases.entries()) {
      const found = findings[i]!;
      assert.equal(results[i], script.results, `${name}: what the reads returned`);
      assert.equal({ name, ...found.counts, lost: found.lost }, { name, ...script.expected, lost: 0 });
      assert.ok(script.expected.hits > 0, `${name} has hits`);
      assert.ok(found.latencies.kind === 'reads');
      assert.equal(
        found.latencies.reads.map(({ keyword }) => keyword),
        script.keywordOfReads,
        `${name}: which keyword was found first`,
      );
      assert.ok(found.latencies.reads.every((read) => read.pid === pids[i] && read.latencyNs > 0));
    }
    return attached;
  } finally {
    for (const reader of readers) reader.kill();
  }
}

export interface WaitingReader {
  readonly pid: number;
  /** Lets it read. @returns what it counted itself */
  run(): Promise<{ reads: number; bytes: number; hits: number }>;
  kill(): void;
}

let program: string | undefined;

/** Starts test/fixtures/attached_reads.c, which waits. */
export async function startAttachedReader(how: string): Promise<WaitingReader> {
  program ??= compile('attached_reads');
  const child = spawn(program, [how], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  while (!output.startsWith('ready\n')) await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    async run() {
      const closed = once(child, 'close');
      child.stdin.end('go\n');
      const [code] = (await closed) as [number | null];
      if (code !== 0) throw new Error(`attached_reads ${how} ended with ${code}`);
      const [reads = 0, bytes = 0, hits = 0] = output.trimEnd().split('\n').at(-1)!.split(' ').map(Number);
      return { reads, bytes, hits };
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
