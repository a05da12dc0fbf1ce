import {
  type DoneFrame,
  decodePayload,
  type ErrorFrame,
  type GeneratorFrame,
  type Header,
  readHeader,
} from './frame-payload.ts';

export { FRAME_KIND, HEADER_BYTES, MAGIC } from './frame-payload.ts';
export type { DoneFrame, ErrorFrame, GeneratorFrame };

/** The bytes on the generator's stdout are not what the protocol allows. `offsetBytes` counts from the stream's start. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly offsetBytes: number;

  constructor(message: string, offsetBytes: number) {
    super(`load generator output, byte ${offsetBytes}: ${message}`);
    this.offsetBytes = offsetBytes;
  }
}

/**
 * Turns the generator's stdout into frames. Input is untrusted: every length is checked before memory is kept for it, so no
 * input makes it hold more than one frame (82 KB) and the chunk given. Chunk boundaries carry no meaning. After an error it takes no more input.
 */
export class FrameParser {
  #pending: Uint8Array = new Uint8Array(0);
  #offsetBytes = 0;
  #failure: FrameError | null = null;

  /** @returns the frames completed by this chunk @throws FrameError */
  push(chunk: Uint8Array): GeneratorFrame[] {
    if (this.#failure !== null) throw this.#failure;
    const bytes = this.#pending.length === 0 ? chunk : joined(this.#pending, chunk);
    const frames: GeneratorFrame[] = [];
    let at = 0;
    for (;;) {
      const next = this.#guard(at, () => readFrame(bytes, at));
      if (next === null) break;
      frames.push(next.frame);
      at += next.bytes;
    }
    this.#pending = new Uint8Array(bytes.subarray(at)); // a Buffer's slice() would share the caller's memory
    this.#offsetBytes += at;
    return frames;
  }

  /** Says that the stream has ended. @throws FrameError when it ended within a frame */
  end(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#pending.length > 0) {
      throw new FrameError(`ended within a frame, ${this.#pending.length} bytes of it were there`, this.#offsetBytes);
    }
  }

  #guard<T>(at: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#failure = new FrameError((error as Error).message, this.#offsetBytes + at);
      this.#pending = new Uint8Array(0);
      throw this.#failure;
    }
  }
}

function readFrame(bytes: Uint8Array, at: number): { frame: GeneratorFrame; bytes: number } | null {
  const header: Header | null = readHeader(bytes, at);
  if (header === null) return null;
  const start = at + header.headerBytes;
  const end = start + header.payloadBytes;
  if (end > bytes.length) return null;
  return { frame: decodePayload(header, bytes.subarray(start, end)), bytes: end - at };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
