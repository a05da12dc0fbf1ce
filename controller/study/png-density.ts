/** How many dots an inch a PNG means to have, so that a document shows it at its size. */

import crc from 'crc-32';

const SIGNATURE_BYTES = 8;
const IHDR_BYTES = 25;

/** A copy with a pHYs chunk behind the header, which PNG's specification wants before the image data (§11.3.4.3). */
export function withDensity(png: Uint8Array, dpi: number): Uint8Array {
  const perMetre = Math.round(dpi / 0.0254);
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  chunk.writeUInt32BE(perMetre, 8);
  chunk.writeUInt32BE(perMetre, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeInt32BE(crc.buf(chunk.subarray(4, 17)), 17);
  const at = SIGNATURE_BYTES + IHDR_BYTES;
  return Buffer.concat([png.subarray(0, at), chunk, png.subarray(at)]);
}
