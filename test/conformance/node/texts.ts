/** Bytes that are written to a connection, from a seed: keywords at every offset, overlapping, in one another, cut off at the end. */

import type { Random } from '../../helpers/random.ts';

/** in no keyword of any list */
const FILLERS = ['~', '^', '\x7f', '\x02'];
/** a write of more may come as two chunks */
export const MOST_BYTES = 6000;

export interface Texts {
  /** one write */
  next(): Buffer;
}

export function textsOf(keywords: readonly Buffer[], random: Random): Texts {
  const below = (n: number) => Math.floor(random.uniform() * n);
  const word = () => keywords[below(keywords.length)]!;
  const filler = (length: number) => Buffer.alloc(length, FILLERS[below(FILLERS.length)]!, 'latin1');
  /** what the next write begins with: the rest of a keyword that was cut off */
  let rest: Buffer | null = null;
  let turn = 0;

  const kinds: (() => Buffer)[] = [
    () => filler(1 + below(300)),
    // each keyword in turn, at each offset in turn
    () => Buffer.concat([filler(turn % 67), keywords[turn++ % keywords.length]!, filler(below(40))]),
    () => Buffer.concat([filler(below(90)), word(), word(), filler(below(20))]),
    () => overlapping(word(), word(), below),
    () => Buffer.concat([filler(below(30)), cut(word())]),
    () => Buffer.concat([filler(MOST_BYTES - 200 - below(64)), word()]),
    () => Buffer.concat(Array.from({ length: 1 + below(6) }, () => Buffer.concat([word(), filler(below(3))]))),
    () => word().subarray(0, Math.max(1, word().length - 1)),
    () => Buffer.from(Array.from({ length: 1 + below(120) }, () => below(256))),
  ];

  function cut(keyword: Buffer): Buffer {
    const at = below(keyword.length);
    rest = keyword.subarray(at);
    return keyword.subarray(0, at);
  }

  return {
    next() {
      const before = rest ?? Buffer.alloc(0);
      rest = null;
      const bytes = Buffer.concat([before, kinds[below(kinds.length)]!()]);
      return bytes.length === 0 ? filler(1) : bytes;
    },
  };
}

/** the second one laid over the end of the first */
function overlapping(first: Buffer, second: Buffer, below: (n: number) => number): Buffer {
  const shared = below(Math.min(first.length, second.length));
  return Buffer.concat([first.subarray(0, first.length - shared), second]);
}
