/** Columns and 64-bit numbers: the only place where bytes become numbers. */

/** A little-endian u32 column as an array. Copies when the bytes are not aligned to 4; n is bytes/4.
 * @throws RangeError when the length is not a multiple of 4 */
export function u32Column(bytes: Uint8Array): Uint32Array {
  if (bytes.byteLength % 4 !== 0) throw new RangeError(`column of ${bytes.byteLength} bytes is not made of u32`);
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  // not bytes.slice(): on a Buffer that is a view of the same, still unaligned, memory
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

/** The bytes of a u32 or u64 array, not copied. Every platform Node runs on is little-endian. */
export function bytesOf(column: Uint32Array | BigUint64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** A little-endian u64 column as an array, by the same rules. @throws RangeError when the length is not a multiple of 8 */
export function u64Column(bytes: Uint8Array): BigUint64Array {
  if (bytes.byteLength % 8 !== 0) throw new RangeError(`column of ${bytes.byteLength} bytes is not made of u64`);
  if (bytes.byteOffset % 8 === 0) return new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  return new BigUint64Array(new Uint8Array(bytes).buffer);
}

/** in the keyword column of traces: it is not known which it was */
export const NO_KEYWORD_INDEX = 0xffff_ffff;

export interface Bits64 {
  readonly low: number;
  readonly high: number;
}

export function bigintOfBits(bits: Bits64): bigint {
  return (BigInt(bits.high >>> 0) << 32n) | BigInt(bits.low >>> 0);
}

export function bitsOfBigint(value: bigint): Bits64 & { unsigned: true } {
  if (value < 0n || value >= 1n << 64n) throw new RangeError(`${value} does not fit 64 bits`);
  return { low: Number(value & 0xffffffffn) | 0, high: Number(value >> 32n) | 0, unsigned: true };
}

/** whether a number goes into an unsigned field as it is */
export function fitsUnsigned(value: number, type: 'uint32' | 'uint64'): boolean {
  return Number.isSafeInteger(value) && value >= 0 && (type === 'uint64' || value <= 0xffff_ffff);
}

/** @throws RangeError above 2^53−1 */
export function safeNumber(bits: Bits64): number {
  const value = bigintOfBits(bits);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`${value} is above 2^53-1`);
  return Number(value);
}
