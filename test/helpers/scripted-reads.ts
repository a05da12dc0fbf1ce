/** Drives test/fixtures/scripted_reads.c and says, independently of any hook, what a hook must have counted. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { compile } from './preload.ts';

export interface Counts {
  reads: number;
  bytes: number;
  hits: number;
}

/** an open socket, shared by all descriptors that are duplicates of each other */
interface Socket {
  readonly accepted: boolean;
  waiting: Buffer;
  ended: boolean;
}

/** ends the buffer at unmapped memory */
export const AT_GUARD = 255;
const EAGAIN = -11;

/** A list of commands for the fixture together with a model of what they do: a naive search over exactly the bytes read. */
export class ReadScript {
  readonly expected: Counts = { reads: 0, bytes: 0, hits: 0 };
  /** result of each read command */
  readonly results: number[] = [];
  /** for each counted read, which keyword ends first (of several the first of the list), null for none */
  readonly keywordOfReads: (number | null)[] = [];
  readonly #commands: Buffer[] = [];
  readonly #slots = new Map<number, Socket>();
  readonly #keywords: readonly Buffer[];
  readonly #windowBytes: number;

  constructor(keywords: readonly Uint8Array[], windowBytes: number) {
    this.#keywords = keywords.map((word) => Buffer.from(word));
    this.#windowBytes = windowBytes;
  }

  accept(slot: number, how: 'accept' | 'accept4' = 'accept'): void {
    this.#slots.set(slot, { accepted: true, waiting: Buffer.alloc(0), ended: false });
    this.#command('A', { a: slot, b: how === 'accept' ? 0 : 1 });
  }

  localPair(slot: number): void {
    this.#slots.set(slot, { accepted: false, waiting: Buffer.alloc(0), ended: false });
    this.#command('P', { a: slot });
  }

  write(slot: number, bytes: Buffer): void {
    const socket = this.#slots.get(slot)!;
    socket.waiting = Buffer.concat([socket.waiting, bytes]);
    this.#command('W', { a: slot, data: bytes });
  }

  /** One read of up to `size` bytes. @param place 0 to 63: bytes into a page; AT_GUARD: the buffer ends where memory does */
  read(slot: number, size: number, place = 0): void {
    const socket = this.#slots.get(slot)!;
    const got = socket.waiting.subarray(0, size);
    socket.waiting = socket.waiting.subarray(size);
    this.results.push(got.length > 0 ? got.length : socket.ended ? 0 : EAGAIN);
    this.#command('R', { a: slot, place, size });
    if (!socket.accepted || got.length === 0) return;
    this.expected.reads += 1;
    this.expected.bytes += got.length;
    if (this.hit(got)) this.expected.hits += 1;
    this.keywordOfReads.push(this.#firstKeyword(got));
  }

  /** Sends the bytes and reads them in one read. */
  pass(slot: number, bytes: Buffer, place = 0, size = Math.max(1, bytes.length)): void {
    this.write(slot, bytes);
    this.read(slot, size, place);
  }

  duplicate(slot: number, from: number, how: 'dup' | 'dup2' | 'dup3'): void {
    this.#slots.set(slot, this.#slots.get(from)!);
    this.#command(how === 'dup' ? 'D' : (how.at(-1) as string), { a: slot, b: from });
  }

  close(slot: number): void {
    this.#slots.delete(slot);
    this.#command('C', { a: slot });
  }

  end(slot: number): void {
    this.#slots.get(slot)!.ended = true;
    this.#command('E', { a: slot });
  }

  hit(bytes: Buffer): boolean {
    const scanned = bytes.subarray(0, this.#windowBytes);
    return this.#keywords.some((word) => scanned.includes(word));
  }

  #firstKeyword(bytes: Buffer): number | null {
    const scanned = bytes.subarray(0, this.#windowBytes);
    const ends = this.#keywords.map((word) => {
      const at = scanned.indexOf(word);
      return at < 0 ? Number.POSITIVE_INFINITY : at + word.length;
    });
    const first = ends.reduce((least, end) => Math.min(least, end), Number.POSITIVE_INFINITY);
    return first === Number.POSITIVE_INFINITY ? null : ends.indexOf(first);
  }

  encoded(): Buffer {
    return Buffer.concat(this.#commands);
  }

  #command(op: string, o: { a: number; b?: number; place?: number; size?: number; data?: Buffer }): void {
    const head = Buffer.alloc(12);
    head.write(op, 0, 'latin1');
    head.writeUInt8(o.a, 1);
    head.writeUInt8(o.b ?? 0, 2);
    head.writeUInt8(o.place ?? 0, 3);
    head.writeUInt32LE(o.size ?? 0, 4);
    head.writeUInt32LE(o.data?.length ?? 0, 8);
    this.#commands.push(head, ...(o.data === undefined ? [] : [o.data]));
  }
}

export interface ScriptedReader {
  readonly pid: number;
  /** Runs the script to its end. @returns the result of each read */
  run(script: ReadScript): Promise<number[]>;
  kill(): void;
}

/** Starts the fixture; it waits for its script. */
export async function startScriptedReader(): Promise<ScriptedReader> {
  program ??= compile('scripted_reads');
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  while (!output.startsWith('ready\n')) await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    async run(script) {
      const closed = once(child, 'close');
      child.stdin.end(script.encoded());
      const [code, signal] = (await closed) as [number | null, string | null];
      if (code !== 0) throw new Error(`scripted_reads ended with ${code ?? signal}`);
      return output.trimEnd().split('\n').slice(1).map(Number);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

let program: string | undefined;
