/** What the Java driver is told to do, a line a step: test/fixtures/JvmDriver.java. */

/** what a server in Java may have accepted: a SocketChannel, a Socket, an AsynchronousSocketChannel, a SocketChannel of a Unix domain socket */
export const KINDS = ['channel', 'socket', 'async', 'unix'] as const;
export type Kind = (typeof KINDS)[number];

/** Each slot is a connection with two ends. */
export type Step =
  | { readonly code: 'accept'; readonly slot: number; readonly kind: Kind }
  | { readonly code: 'send' | 'back' | 'pipe' | 'file'; readonly slot: number; readonly bytes: Buffer }
  | {
      readonly code: 'read';
      readonly slot: number;
      readonly into: 'direct' | 'heap';
      /** more than one part is a readv */
      readonly parts: readonly number[];
      /** so many bytes are there, 0 for the end of the stream or an error; -1 when nothing is, and nothing is waited for */
      readonly queued: number;
      readonly inThread: boolean;
    }
  | { readonly code: 'end' | 'reset' | 'shut' | 'close' | 'under'; readonly slot: number };

export interface LaneStep {
  /** steps of one lane are done in order, by a thread of its own */
  readonly lane: number;
  readonly step: Step;
}

/** What a read gave. */
export interface ReadResult {
  /** "ok", or the exception's name and text */
  readonly status: string;
  readonly got: number;
  readonly beforeNs: bigint;
  readonly afterNs: bigint;
  readonly fd: number;
  readonly sha1: string;
  /** the rest of the buffer was left alone, and of a read that failed nothing is in it */
  readonly clean: boolean;
}

/** @returns the lines, and the bytes that they refer to */
export function encode(steps: readonly LaneStep[]): { readonly text: string; readonly data: Buffer } {
  const chunks: Buffer[] = [];
  let at = 0;
  const place = (bytes: Buffer) => {
    chunks.push(bytes);
    at += bytes.length;
    return `${at - bytes.length} ${bytes.length}`;
  };
  const lines = steps.map(({ lane, step }) => `${lane} ${step.code} ${lane}.${step.slot}${wordsOf(step, place)}`);
  return { text: lines.join('\n'), data: Buffer.concat(chunks) };
}

function wordsOf(step: Step, place: (bytes: Buffer) => string): string {
  if (step.code === 'accept') return ` ${step.kind}`;
  if (step.code === 'read') return ` ${step.into} ${step.parts.join(',')} ${step.queued} ${step.inThread ? '1' : '0'}`;
  return 'bytes' in step ? ` ${place(step.bytes)}` : '';
}

/** @returns one for each step, null for those that are no reads */
export function decodeResults(text: string): (ReadResult | null)[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (line === '-') return null;
      const [status = '', got, before = '', after = '', fd, sha1 = '', clean] = line.split(' ');
      return {
        ...{ status, sha1, got: Number(got), fd: Number(fd), clean: clean === 'true' },
        ...{ beforeNs: BigInt(before), afterNs: BigInt(after) },
      };
    });
}
