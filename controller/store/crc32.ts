/** CRC-32 (IEEE 802.3, as in zip and PNG): zlib's where this Node has it (20.15 and later), five times as fast as the one in JavaScript. */

import * as zlib from 'node:zlib';
import crc from 'crc-32';

const { crc32: native } = zlib as { crc32?: (bytes: Uint8Array) => number };

/** @returns 0 … 2^32−1 */
export const crc32: (bytes: Uint8Array) => number = native ?? ((bytes) => crc.buf(bytes) >>> 0);
