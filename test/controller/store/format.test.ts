// FORMAT.md, byte by byte: a segment built by hand from the document, and one that the store wrote taken apart in the same way.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createStudyStore } from '../../../controller/store/disk.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { scanSegment } from '../../../controller/store/segment-read.ts';
import { META } from '../../helpers/stored.ts';

const out = mkdtempSync(join(tmpdir(), 'hookbench-test-'));
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

/** CRC-32 from its definition: bit by bit, polynomial edb88320 */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** a field with a length */
const field = (number: number, bytes: readonly number[]): number[] => [(number << 3) | 2, bytes.length, ...bytes];
const text = (word: string): number[] => [...Buffer.from(word)];
const u32 = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];

const MAGIC = [0x48, 0x4b, 0x42, 0x53, 0x45, 0x47, 0x31, 0x0a];
/** java-hello, process, fork 0, block 1, step 2, measure, alternated, client */
const PLACE = [
  ...field(1, text('java-hello')),
  ...field(2, text('process')),
  0x20,
  1,
  0x28,
  2,
  0x30,
  2,
  0x38,
  1,
  0x40,
  1,
];
const SAMPLES = [
  ...field(1, PLACE),
  ...[0x11, 0, 1, 0, 0, 0, 0, 0, 0],
  ...[0x18, 2],
  ...field(4, [...u32(0), ...u32(1000)]),
  ...field(5, [...u32(70_000), ...u32(0xffff_ffff)]),
  ...field(6, [0, 2]),
  ...field(7, [1, 2]),
];
const RECORD = [
  0x08,
  5,
  ...field(2, text('study-0')),
  ...field(3, text('study-0/node-1/process/0')),
  ...field(4, SAMPLES),
];
const FRAME = [...u32(RECORD.length), ...u32(crcOf(Uint8Array.from(RECORD))), ...RECORD];

const format = suite('the documented format');

format('a segment built by hand is read', () => {
  const dir = join(out, 'study-0');
  mkdirSync(join(dir, 'samples'), { recursive: true });
  writeFileSync(join(dir, 'study.json'), JSON.stringify(META));
  writeFileSync(join(dir, 'samples', 'node-1.run-1.seg'), Uint8Array.from([...MAGIC, ...FRAME, ...FRAME]));
  const { batches } = readStudy(dir);
  assert.is(batches.length, 2);
  const [batch] = batches;
  assert.equal([batch?.node, batch?.sut, batch?.condition], ['node-1', 'java-hello', 'process']);
  assert.equal([batch?.fork, batch?.block, batch?.step], [0, 1, 2]);
  assert.equal([batch?.phase, batch?.design, batch?.vantage], ['measure', 'alternated', 'client']);
  assert.is(batch?.t0Ns, 256n);
  assert.equal([...(batch?.dtNs ?? [])], [0, 1000]);
  assert.equal([...(batch?.latencyNs ?? [])], [70_000, 0xffff_ffff]);
  assert.equal([...(batch?.arm ?? [])], [0, 2]);
  assert.equal([...(batch?.flags ?? [])], [1, 2]);
});

format('a segment the store wrote lies as documented', () => {
  const store = createStudyStore(out, 'written');
  const note = { sequence: 7, studyId: 's', assignmentId: 's/n/process/0', body: 'note' } as const;
  store.append('n', 'r', { ...note, note: { code: 'x', detail: 'y' } });
  store.close();
  const bytes = readFileSync(join(store.dir, 'samples', 'n.r.seg'));
  assert.equal([...bytes.subarray(0, 8)], MAGIC);
  const length = bytes.readUInt32LE(8);
  assert.is(bytes.length, 16 + length);
  assert.is(bytes.readUInt32LE(12), crcOf(bytes.subarray(16)));
  assert.equal([...bytes.subarray(16, 18)], [0x08, 7]);
});

format('a segment of a newer major is refused, with what to do', () => {
  const path = join(out, 'newer.seg');
  writeFileSync(path, Uint8Array.from([...MAGIC.slice(0, 6), 0x32, 0x0a, ...FRAME]));
  assert.throws(
    () => scanSegment(path, () => undefined),
    (error: Error & { code?: string; nextStep?: string }) =>
      error.code === 'usage' && /version 2/.test(error.message) && /hookbenchVersion/.test(error.nextStep ?? ''),
  );
});

format('the document names the magic, the bounds and the polynomial that are used', () => {
  const document = readFileSync(new URL('../../../controller/store/FORMAT.md', import.meta.url), 'utf8');
  assert.match(document, MAGIC.map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
  assert.match(document, '16,777,216');
  assert.match(document, 'edb88320');
});

format.run();
