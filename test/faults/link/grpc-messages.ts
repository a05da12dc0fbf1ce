/** The gRPC messages in one direction of a plain HTTP/2 connection, as its bytes go by. Frames: RFC 9113, section 4.1; messages: a byte that
 * says whether it is compressed, u32 big-endian length, the message. */

import { gunzipSync } from 'node:zlib';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const FRAME_HEAD_BYTES = 9;
const DATA = 0;
const PADDED = 0x8;
const MESSAGE_HEAD_BYTES = 5;

export class GrpcMessages {
  #bytes = Buffer.alloc(0);
  #prefaceBytes: number;
  readonly #streams = new Map<number, Buffer>();
  readonly #onMessage: (stream: number, message: Buffer) => void;

  /** @param o.preface whether this direction begins with the client's preface */
  constructor(o: { preface: boolean; onMessage: (stream: number, message: Buffer) => void }) {
    this.#prefaceBytes = o.preface ? PREFACE.length : 0;
    this.#onMessage = o.onMessage;
  }

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length < this.#prefaceBytes) return;
    let at = this.#prefaceBytes;
    this.#prefaceBytes = 0;
    while (at + FRAME_HEAD_BYTES <= this.#bytes.length) {
      const length = this.#bytes.readUIntBE(at, 3);
      const end = at + FRAME_HEAD_BYTES + length;
      if (end > this.#bytes.length) break;
      if (this.#bytes[at + 3] === DATA) this.#data(at, end);
      at = end;
    }
    this.#bytes = this.#bytes.subarray(at);
  }

  #data(at: number, end: number): void {
    const stream = this.#bytes.readUInt32BE(at + 5) & 0x7fffffff;
    let payload = this.#bytes.subarray(at + FRAME_HEAD_BYTES, end);
    if ((this.#bytes[at + 4] as number) & PADDED)
      payload = payload.subarray(1, payload.length - (payload[0] as number));
    let waiting = Buffer.concat([this.#streams.get(stream) ?? Buffer.alloc(0), payload]);
    while (waiting.length >= MESSAGE_HEAD_BYTES) {
      const messageEnd = MESSAGE_HEAD_BYTES + waiting.readUInt32BE(1);
      if (messageEnd > waiting.length) break;
      const message = waiting.subarray(MESSAGE_HEAD_BYTES, messageEnd);
      this.#onMessage(stream, waiting[0] === 1 ? gunzipSync(message) : message);
      waiting = waiting.subarray(messageEnd);
    }
    this.#streams.set(stream, waiting);
  }
}
