/** How many fields a message may have, counted on its bytes before anything is made of them: two bytes on the wire (an empty message within a
 * message) become some 500 in memory, so that a bound of the length alone lets 16 MiB become 4 GiB. */

import type { Type } from 'protobufjs';
import { BenchError } from './errors.ts';
import type { MessageTypes } from './messages.ts';

/** Below this length the fields can't be many enough to matter, and nothing is counted. */
const SMALL_BYTES = 32 * 1024;
const MOST_FIELDS = 100_000;
/** An assignment has up to 20,000 steps, each with its slices; it comes from whom the agent obeys. */
const MOST_OF_LARGE = 1_000_000;
const LARGE: readonly (keyof MessageTypes)[] = ['ControllerMessage', 'Assignment', 'ListAgentsResponse'];

/** @throws BenchError bad-message when there are more. Bytes that are no message are left to the decoder.
 * Time O(fields), nothing at all for what is small. */
export function checkFieldCount(name: keyof MessageTypes, type: Type, bytes: Uint8Array): void {
  if (bytes.length <= SMALL_BYTES) return;
  const most = LARGE.includes(name) ? MOST_OF_LARGE : MOST_FIELDS;
  if (new Counter(bytes, most).countUpTo(type, 0, bytes.length)) return;
  throw new BenchError('bad-message', `${name} of ${bytes.length} bytes has more than ${most} fields`, {
    nextStep: 'check that both ends are the same version of hookbench',
  });
}

class Counter {
  readonly #bytes: Uint8Array;
  #left: number;
  #at = 0;

  constructor(bytes: Uint8Array, most: number) {
    this.#bytes = bytes;
    this.#left = most;
  }

  /** As deep as the contract's own messages nest, and no deeper. @returns false when there are too many */
  countUpTo(type: Type, from: number, to: number): boolean {
    this.#at = from;
    while (this.#at < to) {
      if (--this.#left < 0) return false;
      const tag = this.#varint(to);
      const wireType = tag % 8;
      if (wireType === 0) this.#varint(to);
      else if (wireType === 1) this.#at += 8;
      else if (wireType === 5) this.#at += 4;
      else if (wireType === 2) {
        const end = this.#varint(to) + this.#at;
        const inner = messageOf(type, Math.floor(tag / 8));
        if (inner !== null && end <= to && !this.countUpTo(inner, this.#at, end)) return false;
        this.#at = end;
      }
    }
    return true;
  }

  /** where it has no end, neither has what is read after it */
  #varint(to: number): number {
    let value = 0;
    for (let unit = 1; unit < 2 ** 64 && this.#at < to; unit *= 128) {
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
    this.#at = to;
    return 0;
  }
}

function messageOf(type: Type, id: number): Type | null {
  const found = type.fieldsById[id]?.resolvedType;
  return found != null && 'fieldsById' in found ? (found as Type) : null;
}
