/** Every decision of the hook against an independent search: at each end position, from the left, each keyword in turn. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, DEFAULT_KEYWORDS, type Hooked, runHooked } from '../helpers/preload.ts';
import { NO_KEYWORD, readHeader, readRings } from '../helpers/ring.ts';

const scan = suite('hooks/preload scan');

interface Frame {
  readonly bytes: Buffer;
  /** Size given to each read(). */
  readonly size: number;
}

const whole = (text: string | Buffer): Frame => ({ bytes: Buffer.from(text), size: 65536 });

/** Smallest end offset; of those that end together, the smallest index. */
function oracle(words: readonly Buffer[], bytes: Buffer): number {
  for (let end = 1; end <= bytes.length; end++) {
    const index = words.findIndex((word) => word.length <= end && bytes.subarray(end - word.length, end).equals(word));
    if (index >= 0) return index;
  }
  return NO_KEYWORD;
}

function readsOf(frames: readonly Frame[]): readonly Buffer[] {
  return frames.flatMap(({ bytes, size }) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
  );
}

const decisionsOf = (records: readonly { bytes: number; keyword: number; flags: number }[]): readonly string[] =>
  records.map(({ bytes, keyword, flags }) => `${bytes} ${keyword} ${flags}`);

const SCANNERS = ['ac', 'simd-avx512', 'simd-avx2', 'simd-ssse3'] as const;
const WITH_AC = 1;

/** Feeds the frames to a hooked program and asserts that each of its reads was decided as the oracle decides, by every scanner. */
function agree(words: readonly Buffer[], frames: readonly Frame[], how: readonly string[] = []): readonly number[] {
  const reads = readsOf(frames);
  const wanted = reads.map((bytes) => ({ bytes: bytes.length, keyword: oracle(words, bytes) }));
  const input = Buffer.concat(
    frames.flatMap(({ bytes, size }) => {
      const head = Buffer.alloc(8);
      head.writeUInt32LE(bytes.length, 0);
      head.writeUInt32LE(size, 4);
      return [head, bytes];
    }),
  );
  for (const scanner of SCANNERS) {
    const env = { HOOKBENCH_SCANNER: scanner, HOOKBENCH_FUNCTIONS: how[0] ?? 'read' };
    const run = runHooked(feed, how, { keywords: words, capacity: 16384, slots: 2, input, env });
    assert.is(`${run.status} ${run.stderr} ${run.stdout}`, '0  ', scanner);
    decided(run, wanted, scanner);
  }
  return wanted.map(({ keyword }) => keyword);
}

interface Decision {
  readonly bytes: number;
  readonly keyword: number;
}

function decided(run: Hooked, wanted: readonly Decision[], scanner: string): void {
  const [ring, ...others] = readRings(run.ring);
  assert.is(others.length, 0);
  const hits = wanted.filter(({ keyword }) => keyword !== NO_KEYWORD).length;
  assert.equal(
    decisionsOf(ring?.records ?? []),
    decisionsOf(wanted.map((read) => ({ ...read, flags: read.keyword === NO_KEYWORD ? 0 : 1 }))),
    scanner,
  );
  assert.is(ring?.reads, wanted.length);
  assert.is(ring?.hits, hits);
  assert.is(
    ring?.bytes,
    wanted.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  assert.is(readHeader(run.ring).unringed, 0);
}

const feed = compile('preload_feed');
const buffers = (...words: readonly string[]): readonly Buffer[] => words.map((word) => Buffer.from(word, 'latin1'));
const defaults = readFileSync(DEFAULT_KEYWORDS, 'latin1').trimEnd().split('\n');

scan('every default keyword alone, at the start, inside and at the very end', () => {
  const pads = [0, 1, 7, 80];
  const frames = defaults.flatMap((word) =>
    pads.flatMap((pad) => [whole('~'.repeat(pad) + word), whole(`${'~'.repeat(pad)}${word}~~`)]),
  );
  const decided = agree(buffers(...defaults), frames);
  assert.not(decided.includes(NO_KEYWORD));
});

scan('one keyword at every offset of a read', () => {
  const frames = Array.from({ length: 300 }, (_, at) => whole(`${'.'.repeat(at)}needle${'.'.repeat(300 - at)}`));
  assert.equal(new Set(agree(buffers('needle'), frames)), new Set([0]));
});

scan('a keyword split over two reads is not found, wherever it is split', () => {
  const frames = [1, 2, 3, 4, 5].map((size) => ({ bytes: Buffer.from('needle'), size }));
  assert.equal(new Set(agree(buffers('needle'), frames)), new Set([NO_KEYWORD]));
  assert.equal(agree(buffers('needle'), [{ bytes: Buffer.from('needleneedle'), size: 6 }]), [0, 0]);
});

for (const how of ['readv', 'recvmsg']) {
  scan(`${how}: the parts of one call are one sequence, wherever a keyword is split`, () => {
    const frames = [5, 6, 7, 8, 9, 10].map((at) => whole(`${'.'.repeat(at)}needle.`));
    for (const step of ['1', '2', '5', '8'])
      assert.equal(new Set(agree(buffers('needle'), frames, [how, step])), new Set([0]));
    const two = [5, 6, 13].map((size) => ({ bytes: Buffer.from('needle needle'), size }));
    assert.equal(agree(buffers('needle'), two, [how, '2']), [
      NO_KEYWORD,
      NO_KEYWORD,
      NO_KEYWORD,
      0,
      NO_KEYWORD,
      NO_KEYWORD,
      0,
    ]);
  });

  scan(`${how}: random reads in parts`, () => {
    const words = buffers(...defaults);
    for (const step of ['3', '33']) agree(words, randomFrames(words, 600, seeded(7)), [how, step]);
  });
}

scan('recv and recvfrom decide as read does', () => {
  const words = buffers(...defaults);
  for (const how of ['recv', 'recvfrom']) agree(words, randomFrames(words, 300, seeded(8)), [how]);
});

scan('bytes of earlier reads behind the end are never matched', () => {
  const decided = agree(buffers('needle'), [whole('....needle....'), whole('....nee'), whole('....needl'), whole('.')]);
  assert.equal(decided, [0, NO_KEYWORD, NO_KEYWORD, NO_KEYWORD]);
});

scan('of overlapping keywords the first to end wins, then the smallest index', () => {
  const words = buffers('abcd', 'bc', 'c', 'xabcd', 'zz', 'cd', 'zz');
  assert.equal(agree(words, [whole('xabcd'), whole('abd'), whole('zz'), whole('acd'), whole('bcd')]), [
    1,
    NO_KEYWORD,
    4,
    2,
    1,
  ]);
  /* A failure link that leads to a match: "bcd" ends inside "abce", which itself never completes. */
  assert.equal(agree(buffers('abcde', 'bcd'), [whole('abcdx'), whole('ababcd')]), [1, 1]);
});

scan('NUL, high bytes and a carriage return are bytes like any other', () => {
  const words = [Buffer.from([0, 1, 0]), Buffer.from([0xff, 0xfe]), Buffer.from('dos\r'), Buffer.from([0x80])];
  const texts = [[0, 0, 1, 0], [0xff, 0xff, 0xfe], [...Buffer.from('dos')], [...Buffer.from('dos\r')], [1, 0x80]];
  assert.equal(
    agree(
      words,
      texts.map((text) => whole(Buffer.from(text))),
    ),
    [0, 1, NO_KEYWORD, 2, 3],
  );
});

scan('all 256 byte values in the keywords', () => {
  const words = Array.from({ length: 256 }, (_, byte) => Buffer.from([byte, 255 - byte, byte])).filter(
    (word) => !word.includes(10),
  );
  agree(
    words,
    words.map((word) => whole(Buffer.concat([Buffer.from([word[0]!, word[1]!]), word, Buffer.from([1])]))),
  );
});

/** Reads made of pieces of keywords, so that near misses and overlaps are the rule. */
function randomFrames(words: readonly Buffer[], count: number, random: () => number): readonly Frame[] {
  const below = (limit: number): number => Math.floor(random() * limit);
  const piece = (): Buffer => {
    const word = words[below(words.length)]!;
    const kind = below(4);
    if (kind === 0) return Buffer.from(Array.from({ length: 1 + below(12) }, () => below(256)));
    if (kind === 1) return word.subarray(0, below(word.length));
    return kind === 2 ? word.subarray(below(word.length)) : below(6) === 0 ? word : Buffer.from('..');
  };
  return Array.from({ length: count }, () => {
    const bytes = Buffer.concat([Buffer.from('.'), ...Array.from({ length: below(10) }, piece)]);
    return { bytes, size: below(3) === 0 ? 1 + below(bytes.length) : 65536 };
  });
}

/** mulberry32: a seed gives the same reads each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

for (const [name, words] of [
  ['the default keywords', buffers(...defaults)],
  ['words of one to three bytes', buffers('q', 'ab', 'b', 'xyz', '\0', 'zx', 'qa', '\xff\xfe')],
  ['words over two letters', buffers('aab', 'abab', 'b'.repeat(5), 'abba', 'aaaa', 'babab', 'ba\xff')],
] as const) {
  scan(`3,000 random reads with ${name}`, () => {
    const decided = agree(words, randomFrames(words, 3000, seeded(20261123)));
    assert.ok(decided.includes(NO_KEYWORD) && decided.some((keyword) => keyword !== NO_KEYWORD));
  });
}

/** What the processor has, as the ring header says it: 1 ac, 2 SSSE3, 3 AVX2, 4 AVX-512. */
function cpuLevel(): number {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' '));
  if (flags.has('avx512bw') && flags.has('avx512vbmi')) return 4;
  return flags.has('avx2') ? 3 : flags.has('ssse3') ? 2 : WITH_AC;
}

/** [asked for, what runs] of a hooked program. */
function levels(scanner: string | undefined, keywords: readonly (string | Buffer)[]): readonly number[] {
  const header = readHeader(runHooked(feed, [], { keywords, env: { HOOKBENCH_SCANNER: scanner } }).ring);
  assert.is(header.attached, 1);
  return [header.scanner, header.scannerLevel];
}

scan('the header says which scanner was asked for and which one runs', () => {
  assert.equal(levels(undefined, defaults), [1, WITH_AC]);
  assert.equal(levels('ac', defaults), [1, WITH_AC]);
  assert.equal(levels('simd', defaults), [2, cpuLevel()]);
  assert.equal(levels('simd-avx512', defaults), [2, cpuLevel()]);
  assert.equal(levels('simd-avx2', defaults), [2, Math.min(3, cpuLevel())]);
  assert.equal(levels('simd-ssse3', defaults), [2, Math.min(2, cpuLevel())]);
});

scan('lists that shuffles cannot tell apart fall back to the automaton, and say so', () => {
  const many = Array.from({ length: 12_000 }, (_, i) => `${i.toString(36).padStart(3, '0')}~`);
  assert.equal(levels('simd', many), [2, WITH_AC]);
  assert.equal(levels('simd', ['e', 't', 'a', 'o', '/', '.']), [2, WITH_AC]);
});

scan('reads of 60,000 bytes', () => {
  const long = (tail: string): Frame => whole(Buffer.from('.'.repeat(60_000) + tail));
  assert.equal(agree(buffers('needle'), [long('needl'), long('needle')]), [NO_KEYWORD, 0]);
});

scan.run();
