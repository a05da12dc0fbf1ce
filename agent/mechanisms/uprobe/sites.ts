/** Where the uprobes of a process go: its own libc, found in its memory map. */

import { readFileSync, statSync } from 'node:fs';
import { BenchError } from '#proto';
import { disassemble, type Instruction, type Library, openLibrary } from './disassembly.ts';
import { emulatedSites, isEmulated } from './emulated.ts';

/** `symbol`: the first instruction of read, and its return. `emulated`: instructions inside read that the kernel emulates. */
export type UprobeForm = 'symbol' | 'emulated';

interface Site {
  readonly program: string;
  readonly side: 'entry' | 'return';
  readonly offset: number;
}

export interface LibrarySites {
  readonly sites: readonly Site[];
  /** which instructions are hit, and why that is slow or fast */
  readonly note: string;
}

/** Calls that change which descriptors are accepted sockets. They are rare: the symbol will do. */
const TRACKED_CALLS = { accept: 'accept', accept4: 'accept', dup: 'dup', dup2: 'dup', dup3: 'dup' } as const;
const ENTERED_CALLS = { close: 'enter_close', syscall: 'enter_syscall' } as const;
const LIBC = /^\S+ r-xp \S+ \S+ \d+ +(\/.*\/libc(?:\.so\.6|-2\.\d+\.so))$/m;

const known = new Map<string, Promise<LibrarySites>>();

/** @returns arguments for the loader, and a note for each different libc. @throws BenchError attach-failed */
export async function uprobeSites(
  pids: readonly number[],
  form: UprobeForm,
): Promise<{ args: string[]; notes: string[] }> {
  const args: string[] = [];
  const notes = new Set<string>();
  for (const pid of pids) {
    const path = libcOf(pid);
    if (path === null) continue;
    const { sites, note } = await sitesOf(path, form);
    notes.add(note);
    args.push(...sites.flatMap((s) => ['--site', `${pid}:${s.program}:${s.side}:${s.offset}:${path}`]));
  }
  if (args.length === 0) throw failed('no process to be watched has a libc.so.6 in its memory');
  return { args, notes: [...notes] };
}

/** Through the process's own root, so that containers are seen as they see themselves. Null for one that has ended or has no glibc. */
function libcOf(pid: number): string | null {
  try {
    const path = LIBC.exec(readFileSync(`/proc/${pid}/maps`, 'latin1'))?.[1];
    return path === undefined ? null : `/proc/${pid}/root${path}`;
  } catch {
    return null;
  }
}

function sitesOf(path: string, form: UprobeForm): Promise<LibrarySites> {
  const { dev, ino, mtimeMs } = statSync(path);
  const key = `${form} ${dev} ${ino} ${mtimeMs}`;
  const found = known.get(key) ?? findSites(path, form);
  known.set(key, found);
  found.catch(() => known.delete(key));
  return found;
}

async function findSites(path: string, form: UprobeForm): Promise<LibrarySites> {
  const library = await openLibrary(path);
  const read = library.functions.get('read');
  if (read === undefined) throw failed(`${path} has no function read`);
  const instructions = await disassemble(library, read);
  const others = trackingSites(library);
  const at = (instruction: Instruction) => library.offsetOf(instruction.address);
  const tell = (instruction: Instruction) => describe(instruction, read.address);
  const first = instructions[0];
  if (first === undefined) throw failed(`objdump shows no instruction of read in ${path}`);
  if (form === 'symbol') {
    return {
      sites: [
        { program: 'enter_read', side: 'entry', offset: at(first) },
        { program: 'leave_call', side: 'return', offset: at(first) },
        ...others,
      ],
      note: `uprobe at the symbol: ${tell(first)}; its return by uretprobe`,
    };
  }
  const found = emulatedSites(instructions);
  if (found === null)
    throw failed(`read in ${path} has no instructions that the kernel emulates where they are needed`);
  return {
    sites: [
      { program: 'enter_read', side: 'entry', offset: at(found.entry) },
      ...found.returns.map((site) => ({ program: 'leave_call', side: 'entry', offset: at(site) }) as const),
      ...others,
    ],
    note: `uprobes at ${[found.entry, ...found.returns].map(tell).join(', ')}`,
  };
}

function trackingSites(library: Library): Site[] {
  const offsetOf = (name: string) => {
    const address = library.functions.get(name)?.address;
    return address === undefined ? [] : [library.offsetOf(address)];
  };
  return [
    ...Object.entries(TRACKED_CALLS).flatMap(([name, what]) =>
      offsetOf(name).flatMap((offset): Site[] => [
        { program: `enter_${what}`, side: 'entry', offset },
        { program: 'leave_int', side: 'return', offset },
      ]),
    ),
    ...Object.entries(ENTERED_CALLS).flatMap(([name, program]) =>
      offsetOf(name).map((offset): Site => ({ program, side: 'entry', offset })),
    ),
  ];
}

function describe(instruction: Instruction, start: number): string {
  const bytes = instruction.bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const why = isEmulated(instruction) ? 'emulated by the kernel' : 'not emulated by the kernel: single-stepped';
  return `read+${instruction.address - start} (${bytes}: ${instruction.text}; ${why})`;
}

function failed(message: string): BenchError {
  return new BenchError('attach-failed', message, {
    nextStep: 'uprobes need a dynamically linked glibc program; use bpf for others',
  });
}
