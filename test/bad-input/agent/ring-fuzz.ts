/** A ring file that another process scribbles into while it is read: whatever it says, what comes out is bounded and possible. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RingFile } from '../../../agent/collect/ring.ts';
import { memoryDir } from '../../../agent/config.ts';
import { hookSamples } from '../../../agent/session/columns.ts';
import { PLACE } from '../../helpers/stored.ts';

const SCRIBBLER = fileURLToPath(new URL('scribbler.mjs', import.meta.url));
const SLOTS = 8;
const CAPACITY = 4096;
const KEYWORDS = 3;

export interface RingReport {
  readonly drains: number;
  /** writes of the other process meanwhile */
  readonly writes: number;
  readonly records: number;
  readonly messages: number;
  readonly slowestMs: number;
  /** what was not bounded or not possible */
  readonly wrong: readonly string[];
}

export async function fuzzRing(o: { seconds: number }): Promise<RingReport> {
  const dir = mkdtempSync(join(memoryDir() || tmpdir(), 'hookbench-bad-ring-'));
  const path = join(dir, 'mad.ring');
  const ring = RingFile.create(path, { action: 'observe', slots: SLOTS, capacity: CAPACITY, keywords: KEYWORDS });
  const args = [SCRIBBLER, path, String(statSync(path).size), String(o.seconds)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  let ended = false;
  const exit = once(child, 'exit').then(() => {
    ended = true;
  });
  const books = { drains: 0, records: 0, messages: 0, slowestMs: 0 };
  const wrong: string[] = [];
  try {
    while (!ended) {
      const startedMs = performance.now();
      const { reads, lost } = ring.drain();
      const messages = hookSamples(reads, PLACE, 0, 0).length;
      ring.header();
      const counts = Object.values(ring.counts());
      books.slowestMs = Math.max(books.slowestMs, performance.now() - startedMs);
      books.drains += 1;
      books.records += reads.length;
      books.messages += messages;
      if (reads.length > SLOTS * CAPACITY) wrong.push(`${reads.length} records`);
      if (!Number.isSafeInteger(lost) || lost < 0) wrong.push(`lost ${lost}`);
      if (counts.some((count) => !Number.isSafeInteger(count) || count < 0)) wrong.push(`counts ${counts}`);
      // records of one drain lie between the ring's making and now, at most 4.29 s in a message
      if (messages > 2 + Math.ceil(o.seconds) + reads.length / 8192) wrong.push(`${messages} messages`);
      if (reads.some(({ keyword }) => keyword !== null && keyword >= KEYWORDS)) wrong.push('a keyword that is none');
      await sleep(1);
    }
    await exit;
    return { ...books, writes: Number(said.split('\n')[1]), wrong };
  } finally {
    if (!ended) child.kill('SIGKILL');
    ring.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
