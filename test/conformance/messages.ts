/** Bytes to be read: with keywords wherever one may be missed or wrongly found. */

import type { Random } from '../../controller/plan/random.ts';

export interface Message {
  readonly bytes: Buffer;
  /** what a reader's buffer may hold right behind these bytes, so that both together hold a keyword */
  readonly continuation: Buffer;
}

const SWEEP_OFFSETS = 300;
const HTTP = (path: string) =>
  Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: load\r\nAccept: text/html\r\n\r\n`,
    'latin1',
  );

export class Messages {
  readonly #random: Random;
  readonly #keywords: readonly Buffer[];
  /** position of the sweep: every keyword at every offset, in an order that mixes both */
  #swept = 0;

  constructor(random: Random, keywords: readonly Buffer[]) {
    this.#random = random;
    this.#keywords = keywords;
  }

  /** keywords laid one behind the other, parts of some between them: what stale memory is full of */
  stale(): Buffer {
    const words = this.#random.shuffled(this.#keywords).slice(0, 300);
    return Buffer.concat(words.flatMap((word) => [word, word.subarray(0, this.#random.int(word.length + 1))]));
  }

  next(): Message {
    const kinds = [
      () => this.#sweep(),
      () => this.#sweep(),
      () => this.#none(),
      () => this.#none(),
      () => this.#atEnd(),
      () => this.#cutOff(),
      () => this.#cutOff(),
      () => this.#almost(),
      () => this.#overlapping(),
      () => this.#several(),
      () => this.#http(),
      () => this.#wild(),
    ];
    return kinds[this.#random.int(kinds.length)]!();
  }

  /** `length` bytes, with a keyword somewhere, at the end, cut off, or not at all */
  long(length: number): Message {
    const bytes = this.filler(length);
    const word = this.word();
    const ends = [
      word.length,
      length,
      length - 1,
      this.#random.int(length + 1),
      length + 1 + this.#random.int(word.length),
    ];
    const end = ends[this.#random.int(ends.length)]!;
    word.copy(bytes, Math.max(0, end - word.length));
    return { bytes, continuation: word.subarray(Math.min(word.length, Math.max(0, word.length - (end - length)))) };
  }

  word(): Buffer {
    return this.#keywords[this.#random.int(this.#keywords.length)]!;
  }

  /** random bytes of one of several alphabets, which need not be free of keywords */
  filler(length: number): Buffer {
    const r = this.#random;
    const kind = r.int(7);
    if (kind === 0) return Buffer.alloc(length);
    if (kind === 1) return Buffer.alloc(length, 0xff);
    if (kind === 2) return Buffer.alloc(length, 'x');
    const [low, span] = [
      [97, 26],
      [128, 128],
      [0, 256],
      [32, 95],
    ][kind - 3] as [number, number];
    const bytes = Buffer.alloc(length);
    const pattern = Math.min(length, 4096);
    for (let i = 0; i < pattern; i++) bytes[i] = low + r.int(span);
    for (let at = pattern; at < length; at += pattern) bytes.copy(bytes, at, 0, pattern);
    return bytes;
  }

  #sweep(): Message {
    const step = this.#swept++;
    const word = this.#keywords[step % this.#keywords.length]!;
    const offset = (Math.floor(step / this.#keywords.length) + (step % this.#keywords.length)) % SWEEP_OFFSETS;
    const behind = this.#random.int(4) === 0 ? this.#random.int(120) : 0;
    return this.#of(this.filler(offset), word, this.filler(behind));
  }

  #none(): Message {
    return this.#of(this.filler(1 + this.#random.int(this.#random.int(8) === 0 ? 1500 : 160)));
  }

  #atEnd(): Message {
    return this.#of(this.filler(this.#random.int(200)), this.word());
  }

  /** all but the last bytes of a keyword at the end; the rest is what lies behind */
  #cutOff(): Message {
    const word = this.word();
    const kept = this.#random.int(word.length);
    const bytes = Buffer.concat([this.filler(1 + this.#random.int(140)), word.subarray(0, kept)]);
    return { bytes, continuation: word.subarray(kept) };
  }

  /** one byte changed, put in or taken out */
  #almost(): Message {
    const word = this.word();
    const at = this.#random.int(word.length);
    const other = Buffer.from([this.#random.int(256)]);
    const behind = word.subarray(at + this.#random.int(2));
    return this.#of(this.filler(this.#random.int(130)), word.subarray(0, at), other, behind, this.filler(5));
  }

  /** the end of one keyword is the beginning of the next, as far as two of them allow */
  #overlapping(): Message {
    const [first, second] = [this.word(), this.word()];
    let shared = Math.min(first.length, second.length) - 1;
    while (shared > 0 && !first.subarray(first.length - shared).equals(second.subarray(0, shared))) shared--;
    const repeated = first.subarray(0, this.#random.int(first.length));
    return this.#of(this.filler(this.#random.int(130)), repeated, first, second.subarray(Math.max(0, shared)));
  }

  #several(): Message {
    return this.#of(this.filler(this.#random.int(120)), this.word(), this.filler(this.#random.int(4)), this.word());
  }

  #http(): Message {
    const path = this.#random.int(2) === 0 ? '/' : `/${this.word().toString('latin1')}`;
    return this.#of(HTTP(path));
  }

  /** a keyword with NULs and high bytes within and around it */
  #wild(): Message {
    const word = Buffer.from(this.word());
    if (this.#random.int(2) === 0) word[this.#random.int(word.length)] = this.#random.int(2) === 0 ? 0 : 0xff;
    return this.#of(
      Buffer.alloc(this.#random.int(9)),
      Buffer.from([0xff, 0x80]),
      word,
      Buffer.alloc(this.#random.int(3)),
    );
  }

  #of(...pieces: readonly Buffer[]): Message {
    const bytes = Buffer.concat(pieces);
    return {
      bytes: bytes.length > 0 ? bytes : Buffer.from('x'),
      continuation: this.#random.int(2) ? this.word() : Buffer.alloc(0),
    };
  }
}
