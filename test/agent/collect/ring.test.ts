import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HEADER_BYTES, RING_BYTES, RING_OFFSETS, RingFile } from '../../../agent/collect/ring.ts';
import { RECORD_BYTES, type RingRecord } from '../../../agent/collect/ring-record.ts';
import { compile, freshPath, hookedEnv, runHooked } from '../../helpers/preload.ts';
import { random } from '../../helpers/random.ts';

const ring = suite('agent/collect ring');

/** a ring file of the agent's own, and the environment that makes a program write to it */
function newRing(o: { slots: number; capacity: number }): { file: RingFile; env: { HOOKBENCH_RING: string } } {
  const path = freshPath('agent-ring');
  return { file: RingFile.create(path, { action: 'observe', ...o }), env: { HOOKBENCH_RING: path } };
}

function frames(payloads: readonly Buffer[]): Buffer {
  return Buffer.concat(
    payloads.flatMap((payload) => {
      const head = Buffer.alloc(8);
      head.writeUInt32LE(payload.length, 0);
      head.writeUInt32LE(65_536, 4);
      return [head, payload];
    }),
  );
}

function feed(file: { env: { HOOKBENCH_RING: string } }, payloads: readonly Buffer[]): void {
  const run = runHooked(compile('preload_feed'), [], {
    env: file.env,
    keywords: ['needle', 'pin'],
    input: frames(payloads),
  });
  assert.is(`${run.status}${run.stdout}${run.stderr}`, '0');
}

/** Overwrites bytes of the file, as a hooked process gone mad would. */
function scribble(file: RingFile, at: number, bytes: Buffer): void {
  const fd = openSync(file.path, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

ring('what is drained is what was sent, in time order, and only once', () => {
  const { uniform } = random(1);
  const words = [null, 'needle', 'pin'] as const;
  const sent = Array.from({ length: 600 }, () => {
    const word = words[Math.floor(uniform() * 3)] ?? null;
    return { word, bytes: Buffer.from(`${'.'.repeat(Math.floor(uniform() * 300))}${word ?? ''}!`) };
  });
  const made = newRing({ slots: 2, capacity: 1024 });
  assert.equal(made.file.drain(), { reads: [], lost: 0 });
  feed(
    made,
    sent.map(({ bytes }) => bytes),
  );
  const { reads, lost } = made.file.drain();
  assert.is(lost, 0);
  assert.equal(
    reads.map(({ bytes, hit, keyword }) => ({ bytes, hit, keyword })),
    sent.map(({ word, bytes }) => ({
      bytes: bytes.length,
      hit: word !== null,
      keyword: word === null ? null : words.indexOf(word) - 1,
    })),
  );
  for (const [i, read] of reads.entries()) {
    assert.ok(read.latencyNs > 0 && read.pid > 0);
    const next = reads[i + 1];
    if (next !== undefined) assert.ok(read.atNs + BigInt(read.latencyNs) <= next.atNs);
  }
  assert.equal(made.file.drain(), { reads: [], lost: 0 });
  const bytes = sent.reduce((sum, one) => sum + one.bytes.length, 0);
  assert.equal(made.file.counts(), { reads: 600, bytes, hits: sent.filter(({ word }) => word !== null).length });
  made.file.close();
});

ring('what does not fit is counted: drained and lost add up to what was read', () => {
  for (const [count, kept] of [
    [15, 15],
    [16, 15],
    [17, 15],
    [1000, 15],
  ] as const) {
    const made = newRing({ slots: 1, capacity: 16 });
    feed(
      made,
      Array.from({ length: count }, (_, i) => Buffer.alloc(i + 1, '.')),
    );
    const { reads, lost } = made.file.drain();
    // the oldest slot of a full ring is the one the next record goes to: it may be half written, so it is never taken
    assert.equal([reads.length, lost], [kept, count - kept]);
    assert.equal(
      reads.map(({ bytes }) => bytes),
      Array.from({ length: kept }, (_, i) => count - kept + i + 1),
    );
    assert.equal(made.file.drain(), { reads: [], lost: 0 });
    made.file.close();
  }
});

ring('drained while threads write and overwrite: no record is torn, none is counted twice or forgotten', async () => {
  const made = newRing({ slots: 8, capacity: 64 });
  const { env } = hookedEnv({ env: made.env });
  const child = spawn(compile('preload_threads'), ['30', '4', '500'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  let ended = false;
  const exit = once(child, 'exit').then(([code]) => {
    ended = true;
    return code as number;
  });
  const reads: RingRecord[] = [];
  let lost = 0;
  const drain = () => {
    const part = made.file.drain();
    reads.push(...part.reads);
    lost += part.lost;
  };
  while (!ended) {
    drain();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.is(await exit, 0);
  drain();
  assert.is(reads.length + lost, 30 * 4 * 500);
  const last = new Map<number, number>();
  for (const { tid, bytes, pid } of reads.toSorted((a, b) => Number(a.atNs - b.atNs))) {
    assert.is(pid, child.pid);
    assert.ok(bytes > (last.get(tid) ?? 0) && bytes <= 500, `thread ${tid} read ${bytes} after ${last.get(tid)}`);
    last.set(tid, bytes);
  }
  made.file.close();
});

ring('reads without a free ring and descriptors that could not be tracked are lost', () => {
  const made = newRing({ slots: 3, capacity: 64 });
  const run = runHooked(compile('preload_threads'), ['2', '5', '30'], { env: made.env });
  assert.is(run.status, 0);
  const { reads, lost } = made.file.drain();
  assert.equal([made.file.header().unringed, lost, reads.length], [120, 120, 180]);
  scribble(made.file, 56, u64(7n));
  assert.is(made.file.header().untrackedFds, 7);
  assert.is(made.file.drain().lost, 7);
  assert.is(made.file.drain().lost, 0);
  made.file.close();
});

ring('a program that is not hooked leaves a ring that says so', () => {
  const made = newRing({ slots: 1, capacity: 16 });
  const header = made.file.header();
  assert.equal([header.attached, header.pid, header.keywords], [false, 0, 0]);
  made.file.close();
  assert.throws(() => RingFile.create(made.file.path, { action: 'observe' }), /EEXIST/);
});

ring('huge, shrinking and absurd positions are bounded and counted', () => {
  const made = newRing({ slots: 2, capacity: 16 });
  const head = HEADER_BYTES + RING_OFFSETS.head;
  for (const value of [2n ** 64n - 1n, 2n ** 63n, 2n ** 53n, 5n, 0n]) {
    scribble(made.file, head, u64(value));
    scribble(made.file, HEADER_BYTES + RING_BYTES + RING_OFFSETS.reads, u64(value));
    const { reads, lost } = made.file.drain();
    assert.ok(reads.length <= 32);
    assert.ok(Number.isSafeInteger(lost) && lost >= 0);
    const { reads: counted } = made.file.counts();
    assert.ok(Number.isSafeInteger(counted));
  }
  made.file.close();
});

ring('random bytes anywhere in the file never throw, hang or grow', () => {
  const { uniform } = random(20_261_123);
  const noise = (n: number) => Buffer.from(Array.from({ length: n }, () => Math.floor(uniform() * 256)));
  for (let round = 0; round < 400; round++) {
    const made = newRing({ slots: 4, capacity: 32 });
    const size = readFileSync(made.file.path).length;
    const at = Math.floor(uniform() * size);
    scribble(made.file, round % 3 === 0 ? 0 : at, noise(Math.min(size - at, Math.floor(uniform() * 6000))));
    for (let again = 0; again < 3; again++) {
      const { reads, lost } = made.file.drain();
      assert.ok(reads.length <= 4 * 32 && Number.isSafeInteger(lost) && lost >= 0);
      const counts = made.file.counts();
      assert.ok(Object.values(counts).every((count) => Number.isSafeInteger(count) && count >= 0));
      const header = made.file.header();
      assert.ok(Number.isSafeInteger(header.unringed) && Number.isSafeInteger(header.untrackedFds));
      scribble(made.file, HEADER_BYTES, noise(4 * RING_BYTES));
    }
    made.file.close();
  }
});

ring('a file that was cut short under the reader gives nothing and counts it', () => {
  const made = newRing({ slots: 1, capacity: 16 });
  feed(
    made,
    Array.from({ length: 10 }, () => Buffer.from('x')),
  );
  truncateSync(made.file.path, HEADER_BYTES + RING_BYTES);
  assert.equal(made.file.drain(), { reads: [], lost: 10 });
  assert.is(RECORD_BYTES, 32);
  made.file.close();
});

ring.run();
