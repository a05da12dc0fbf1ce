/** Reads in every shape that a keyword scan can get wrong, as scripts for test/fixtures/scripted_reads.c. */

import type { Random } from '../../helpers/random.ts';
import { AT_GUARD, ReadScript } from '../../helpers/scripted-reads.ts';

export interface CaseContext {
  readonly keywords: readonly Buffer[];
  readonly windowBytes: number;
  readonly random: Random;
}

type Fill = (script: ReadScript, c: CaseContext) => void;

/** name → script */
export function readCases(c: CaseContext): Map<string, ReadScript> {
  const fills: Record<string, Fill> = {
    everyOffset,
    cutOff,
    split,
    wholeReads,
    mixed,
    small,
    guarded,
    longer,
    descriptors,
  };
  return new Map(
    Object.entries(fills).map(([name, fill]) => {
      const script = new ReadScript(c.keywords, c.windowBytes);
      fill(script, c);
      return [name, script];
    }),
  );
}

const int = (random: Random, below: number): number => Math.floor(random.uniform() * below);
const pick = <T>(random: Random, items: readonly T[]): T => items[int(random, items.length)]!;

/** bytes of which most are no letters; NUL and high ones among them */
function filler(random: Random, length: number): Buffer {
  const kind = int(random, 4);
  const byte = () => (kind === 0 ? 0 : kind === 1 ? 46 : kind === 2 ? int(random, 256) : 0x80 + int(random, 128));
  return Buffer.from(Array.from({ length }, byte));
}

/** a buffer of the kind that the same read may have left there: full of keywords */
function soil(script: ReadScript, c: CaseContext): void {
  const words = Buffer.concat(Array.from({ length: 40 }, () => pick(c.random, c.keywords))).subarray(0, 400);
  for (const place of [0, 1, 7]) script.pass(0, words, place);
  script.pass(0, words, AT_GUARD);
}

function everyOffset(script: ReadScript, c: CaseContext): void {
  script.accept(0);
  for (const word of [...c.random.shuffled(c.keywords)].slice(0, 12)) {
    // every one of the first 160, and about one in 40 of a long window
    for (let at = 0; at + word.length <= c.windowBytes; at += at < 160 ? 1 : 1 + int(c.random, 80)) {
      const tail = filler(c.random, pick(c.random, [0, 1, 9]));
      script.pass(0, Buffer.concat([filler(c.random, at), word, tail]), at % 11);
    }
  }
}

/** one byte short at either end, with the missing byte lying right behind the read or before it */
function cutOff(script: ReadScript, c: CaseContext): void {
  script.accept(0);
  for (const word of c.keywords.slice(0, 200)) {
    const place = int(c.random, 16);
    const before = Buffer.alloc(int(c.random, 20), 1);
    script.pass(0, Buffer.concat([before, word]), place);
    script.pass(0, Buffer.concat([before, word.subarray(0, -1)]), place);
    script.pass(0, Buffer.concat([before, word.subarray(1)]), place);
    script.pass(0, Buffer.concat([word.subarray(1), before]), (place + 1) % 16);
    script.pass(0, Buffer.concat([before, word]), place, before.length + word.length - 1);
    script.read(0, 1, place);
  }
}

function split(script: ReadScript, c: CaseContext): void {
  script.accept(0, 'accept4');
  for (const word of c.keywords.slice(0, 200)) {
    const cut = int(c.random, word.length + 1);
    script.write(0, Buffer.concat([Buffer.alloc(3, 2), word, Buffer.alloc(5, 2)]));
    script.read(0, 3 + cut, 3);
    script.read(0, 64 + word.length, 3 + cut);
  }
}

/** the read is the keyword and nothing else, at every alignment, over a dirty buffer */
function wholeReads(script: ReadScript, c: CaseContext): void {
  script.accept(0);
  soil(script, c);
  for (const word of c.keywords.slice(0, 100)) {
    for (const place of [0, 1, 3, 7, 8, AT_GUARD]) script.pass(0, word, place);
  }
}

function mixed(script: ReadScript, c: CaseContext): void {
  script.accept(0);
  soil(script, c);
  for (let i = 0; i < 1500; i++) {
    const parts = Array.from({ length: 1 + int(c.random, 3) }, () => {
      const word = Buffer.from(pick(c.random, c.keywords));
      const from = c.random.uniform() < 0.3 ? 1 : 0;
      const to = c.random.uniform() < 0.3 ? word.length - 1 : word.length;
      if (c.random.uniform() < 0.4) word[int(c.random, word.length)]! ^= 1 << int(c.random, 8);
      return Buffer.concat([filler(c.random, int(c.random, 40)), word.subarray(from, Math.max(from, to))]);
    });
    const bytes = Buffer.concat([...parts, filler(c.random, int(c.random, 5) + 1)]);
    script.pass(0, bytes, pick(c.random, [int(c.random, 64), AT_GUARD]));
  }
}

function small(script: ReadScript, c: CaseContext): void {
  script.accept(0);
  soil(script, c);
  for (let size = 1; size <= 16; size++) {
    for (let i = 0; i < 30; i++) {
      const word = pick(c.random, c.keywords);
      const from = int(c.random, Math.max(1, word.length - size + 1));
      const bytes = Buffer.concat([word.subarray(from, from + size), filler(c.random, size)]).subarray(0, size);
      script.pass(0, bytes, pick(c.random, [0, 1, 5, 7, AT_GUARD]));
    }
  }
}

/** the buffer ends with mapped memory; the read fills it or not */
function guarded(script: ReadScript, c: CaseContext): void {
  script.accept(0);
  soil(script, c);
  for (let i = 0; i < 400; i++) {
    const word = pick(c.random, c.keywords);
    const bytes = Buffer.concat([filler(c.random, int(c.random, 60)), word]);
    const left = pick(c.random, [0, 1, 6, 8, 15]);
    script.pass(0, i % 4 === 0 ? bytes.subarray(0, -1) : bytes, AT_GUARD, Math.max(1, bytes.length + left));
  }
}

/** what lies past the window is not scanned, up to the byte */
function longer(script: ReadScript, c: CaseContext): void {
  script.accept(0);
  for (const word of [...c.random.shuffled(c.keywords)].slice(0, 40)) {
    for (const end of [c.windowBytes - 1, c.windowBytes, c.windowBytes + 1, c.windowBytes + word.length, 2000]) {
      const bytes = Buffer.concat([Buffer.alloc(Math.max(0, end - word.length), 1), word, Buffer.alloc(300, 1)]);
      script.pass(0, bytes, int(c.random, 9));
    }
  }
}

/** Descriptors closed, duplicated, written over and used again; reads that bring nothing; sockets nobody accepted. */
function descriptors(script: ReadScript, c: CaseContext): void {
  const payload = () =>
    Buffer.concat([Buffer.alloc(int(c.random, 9), 1), pick(c.random, c.keywords), Buffer.from('\x01\x02')]);
  for (let round = 0; round < 25; round++) {
    script.accept(1, round % 2 === 0 ? 'accept' : 'accept4');
    script.localPair(2);
    script.pass(1, payload());
    script.pass(2, payload());
    script.read(1, 50); // EAGAIN
    script.duplicate(3, 1, 'dup');
    script.duplicate(4, 2, 'dup');
    script.write(1, payload());
    script.read(3, 200);
    script.close(1);
    script.localPair(1); // takes the number of the closed one
    script.pass(1, payload());
    script.pass(3, payload());
    script.duplicate(1, 3, 'dup2'); // a tracked one over one that was not
    script.pass(1, payload());
    script.duplicate(3, 2, 'dup3'); // and the other way round
    script.pass(3, payload());
    script.pass(1, payload());
    script.duplicate(1, 1, 'dup2'); // upon itself changes nothing
    script.pass(1, payload());
    script.end(1);
    script.read(1, 10); // EOF
    for (const slot of c.random.shuffled([1, 2, 3, 4])) script.close(slot);
  }
}
