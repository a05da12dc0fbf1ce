/** What binutils' objdump says of a shared library: where functions lie in the file, and the instructions of one of them. */

import { BenchError } from '#proto';
import { runCommand } from '../../process/child.ts';

export interface Instruction {
  /** address in the library, as its symbols have it */
  readonly address: number;
  readonly bytes: readonly number[];
  /** mnemonic and operands */
  readonly text: string;
}

export interface LibraryFunction {
  readonly address: number;
  readonly sizeBytes: number;
}

export interface Library {
  readonly path: string;
  readonly functions: ReadonlyMap<string, LibraryFunction>;
  /** @returns the offset in the file of an address. @throws BenchError attach-failed for one that no segment holds */
  offsetOf(address: number): number;
}

/** Reads symbols and segments. @throws BenchError attach-failed */
export async function openLibrary(path: string): Promise<Library> {
  const symbols = await objdump(['-T', path]);
  const segments = segmentsOf(await objdump(['-p', path]));
  return {
    path,
    functions: functionsOf(symbols),
    offsetOf(address) {
      const segment = segments.find((s) => address >= s.address && address < s.address + s.sizeBytes);
      if (segment === undefined) throw failed(`no segment of ${path} holds the address ${address.toString(16)}`, '');
      return address - segment.address + segment.offset;
    },
  };
}

/** @throws BenchError attach-failed */
export async function disassemble(library: Library, f: LibraryFunction): Promise<Instruction[]> {
  const range = [`--start-address=${f.address}`, `--stop-address=${f.address + f.sizeBytes}`];
  return instructionsOf(await objdump(['-d', '--insn-width=16', ...range, library.path]));
}

/** lines such as `   f82a7:	74 17                	je     f82c0 <__read+0x20>` */
export function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').map((line) => /^\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*\t(.*)$/.exec(line));
  return lines
    .filter((match) => match !== null)
    .map(([, address, bytes, words]) => ({
      address: Number.parseInt(address!, 16),
      bytes: bytes!
        .trim()
        .split(' ')
        .map((byte) => Number.parseInt(byte, 16)),
      text: words!
        .replace(/\s*(#|<).*$/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    }));
}

/** lines such as `00000000000f82a0  w   DF .text	000000000000009d  GLIBC_2.2.5 read`; old versions, in brackets, are left out */
function functionsOf(text: string): Map<string, LibraryFunction> {
  const lines = text.split('\n').map((line) => /^([0-9a-f]+) .{7} \.text\t([0-9a-f]+) +(\S+) +(\S+)$/.exec(line));
  const current = lines.filter((match) => match !== null && !match[3]!.startsWith('('));
  return new Map(
    current.map((match) => [
      match![4]!,
      { address: Number.parseInt(match![1]!, 16), sizeBytes: Number.parseInt(match![2]!, 16) },
    ]),
  );
}

function segmentsOf(text: string): { offset: number; address: number; sizeBytes: number }[] {
  const pattern = /^\s*LOAD off\s+0x([0-9a-f]+) vaddr 0x([0-9a-f]+).*\n\s*filesz 0x([0-9a-f]+)/gm;
  return [...text.matchAll(pattern)].map(([, offset, address, size]) => ({
    offset: Number.parseInt(offset!, 16),
    address: Number.parseInt(address!, 16),
    sizeBytes: Number.parseInt(size!, 16),
  }));
}

async function objdump(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand('objdump', args, { timeoutMs: 30_000 });
  if (exitCode !== 0) throw failed(`objdump ${args.join(' ')} failed`, stderr);
  return stdout;
}

function failed(message: string, detail: string): BenchError {
  return new BenchError('attach-failed', message, { nextStep: 'install binutils (apt-get install binutils)', detail });
}
