/** Damage to the bytes of a stored segment, drawn from a seed. */

import type { Random } from '../../helpers/random.ts';
import { between } from '../scenario.ts';

export const DAMAGES = [
  ...['torn', 'torn-between-records', 'bit-flip', 'zeroed-tail', 'garbage-tail', 'swapped-pages', 'emptied'],
  'removed',
] as const;
export type Damage = (typeof DAMAGES)[number];

const MAGIC_BYTES = 8;
const PAGE_BYTES = 4096;

export interface Damaged {
  /** null: the file is gone */
  readonly bytes: Buffer | null;
  readonly detail: string;
}

/** @param ends offsets behind each of its frames */
export function damaged(whole: Buffer, kind: Damage, o: { random: Random; ends: readonly number[] }): Damaged {
  const { random, ends } = o;
  const at = between(random, MAGIC_BYTES, whole.length - 1);
  const bytes = Buffer.from(whole);
  switch (kind) {
    case 'removed':
      return { bytes: null, detail: '' };
    case 'emptied':
      return { bytes: Buffer.alloc(0), detail: '' };
    case 'torn':
      return { bytes: bytes.subarray(0, at), detail: `at ${at}` };
    case 'torn-between-records': {
      const end = [MAGIC_BYTES, ...ends.slice(0, -1)][between(random, 0, ends.length - 1)] as number;
      return { bytes: bytes.subarray(0, end), detail: `at ${end}` };
    }
    case 'garbage-tail': {
      const garbage = Buffer.from(Array.from({ length: between(random, 1, 500) }, () => between(random, 0, 255)));
      return { bytes: Buffer.concat([bytes, garbage]), detail: `of ${garbage.length} bytes` };
    }
    case 'zeroed-tail':
      return { bytes: bytes.fill(0, at), detail: `from ${at}` };
    case 'bit-flip': {
      const bit = between(random, 0, 7);
      bytes[at] = (bytes[at] as number) ^ (1 << bit);
      return { bytes, detail: `bit ${bit} of byte ${at}` };
    }
    case 'swapped-pages':
      return swapped(whole, random);
  }
}

function swapped(whole: Buffer, random: Random): Damaged {
  const pages = Math.floor((whole.length - MAGIC_BYTES) / PAGE_BYTES);
  const pageAt = () => MAGIC_BYTES + PAGE_BYTES * between(random, 0, Math.max(0, pages - 1));
  const [a, b] = [pageAt(), pageAt()];
  const bytes = Buffer.from(whole);
  whole.copy(bytes, a, b, b + PAGE_BYTES);
  whole.copy(bytes, b, a, a + PAGE_BYTES);
  return { bytes, detail: `at ${a} and ${b}` };
}
