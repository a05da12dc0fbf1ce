import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SEGMENT_MAGIC, SegmentWriter } from '../../../controller/store/segment.ts';
import { scanSegment } from '../../../controller/store/segment-read.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookbench-test-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const PAYLOADS = ['first', 'the second one', '\0\xff third'].map((text) => Buffer.from(text, 'latin1'));
let made = 0;

function written(): { path: string; bytes: Buffer } {
  const path = join(folder, `${made++}.seg`);
  const writer = new SegmentWriter(path);
  for (const payload of PAYLOADS) writer.append(payload);
  writer.close();
  return { path, bytes: readFileSync(path) };
}

function read(bytes: Uint8Array): { texts: string[]; tornBytes: number } {
  const path = join(folder, `${made++}.seg`);
  writeFileSync(path, bytes);
  const texts: string[] = [];
  const { tornBytes } = scanSegment(path, ({ payload }) => texts.push(payload.toString('latin1')));
  return { texts, tornBytes };
}

const TEXTS = PAYLOADS.map((payload) => payload.toString('latin1'));

const segment = suite('segment');

segment('what was appended is read back', () => {
  const { bytes } = written();
  assert.equal(read(bytes), { texts: TEXTS, tornBytes: 0 });
});

segment('sync makes it durable without closing', async () => {
  const path = join(folder, 'synced.seg');
  const writer = new SegmentWriter(path);
  writer.append(Buffer.from('kept'));
  await writer.sync();
  const texts: string[] = [];
  scanSegment(path, ({ payload }) => texts.push(payload.toString()));
  assert.equal(texts, ['kept']);
  writer.close();
});

segment('torn at every byte of the last frame: all before it holds', () => {
  const { bytes } = written();
  const lastFrame = bytes.length - 8 - (PAYLOADS[2]?.length ?? 0);
  for (let end = lastFrame; end < bytes.length; end++) {
    assert.equal(read(bytes.subarray(0, end)), { texts: TEXTS.slice(0, 2), tornBytes: end - lastFrame }, `at ${end}`);
  }
});

segment('any flipped bit of the last frame takes that frame only', () => {
  const { bytes } = written();
  const lastFrame = bytes.length - 8 - (PAYLOADS[2]?.length ?? 0);
  for (let bit = lastFrame * 8; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(read(flipped).texts, TEXTS.slice(0, 2), `bit ${bit}`);
  }
});

segment('a flipped bit in the first frame ends the segment there, and says how much is left out', () => {
  const { bytes } = written();
  bytes[SEGMENT_MAGIC.length + 9] = (bytes[SEGMENT_MAGIC.length + 9] ?? 0) ^ 1;
  assert.equal(read(bytes), { texts: [], tornBytes: bytes.length - SEGMENT_MAGIC.length });
});

segment('a length field that is huge is not believed', () => {
  const { bytes } = written();
  for (const length of [0xffffffff, 0x80000000, 17 * 1024 * 1024, bytes.length]) {
    const tail = Buffer.alloc(64);
    tail.writeUInt32LE(length);
    assert.equal(read(Buffer.concat([bytes, tail])), { texts: TEXTS, tornBytes: 64 });
  }
});

segment('zeros after a crash are torn bytes, not empty records', () => {
  const { bytes } = written();
  assert.equal(read(Buffer.concat([bytes, Buffer.alloc(4096)])), { texts: TEXTS, tornBytes: 4096 });
});

segment('a file cut off within its magic holds nothing', () => {
  for (let n = 0; n < SEGMENT_MAGIC.length; n++) {
    assert.equal(read(SEGMENT_MAGIC.subarray(0, n)), { texts: [], tornBytes: n });
  }
  assert.equal(read(SEGMENT_MAGIC), { texts: [], tornBytes: 0 });
});

segment('a file that is no segment is refused by name', () => {
  assert.throws(() => read(Buffer.from('start_time,response_time\n')), /\.seg is not a hookbench segment/);
  assert.throws(() => read(Buffer.from('abc')), /is not a hookbench segment/);
});

segment('of another version: refused with what to do', () => {
  assert.throws(
    () => read(Buffer.from('HKBSEG2\n')),
    (error: Error & { nextStep?: string }) =>
      /version 2/.test(error.message) && /hookbenchVersion/.test(error.nextStep ?? ''),
  );
});

segment('frames smaller and larger than the window, at every place in it', () => {
  const path = join(folder, 'window.seg');
  const writer = new SegmentWriter(path);
  const sizes = [1, 700_000, 700_000, 3_000_000, 5, 1_048_568, 1_048_577, 40_000];
  const sent = sizes.map((size, i) => Buffer.alloc(size, i + 1));
  for (const payload of sent) writer.append(payload);
  writer.close();
  const seen: Buffer[] = [];
  const end = scanSegment(path, ({ payload }) => seen.push(Buffer.from(payload)));
  assert.equal(
    seen.map((payload, i) => payload.equals(sent[i] as Buffer)),
    sizes.map(() => true),
  );
  assert.equal([end.stop, end.tornBytes], ['end', 0]);
});

segment('an existing segment is never written over', () => {
  const { path, bytes } = written();
  assert.throws(() => new SegmentWriter(path), /EEXIST/);
  assert.equal(readFileSync(path), bytes);
});

segment.run();
