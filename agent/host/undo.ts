/** Everything done to the host has an undo: run in reverse order at the end, on failure and on Ctrl-C; what a crashed agent left is undone at
 * the next start from a journal on disk. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What can be undone after a crash, by another process: only these kinds. */
export type HostChange =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'process'; readonly pid: number; readonly startTicks: string };

interface Entry {
  readonly what: string;
  readonly change: HostChange | null;
  readonly undo: () => void | Promise<void>;
}

/** folders the journal may name: anything else in a journal is ignored */
const OWNED_DIRECTORY = /^\/(?:dev\/shm|tmp|var\/tmp)\/hookbench-[A-Za-z0-9._-]+$/;

export class UndoStack {
  readonly #entries: Entry[] = [];
  readonly #journal: string;

  constructor(journalDir: string = defaultJournalDir()) {
    mkdirSync(journalDir, { recursive: true, mode: 0o700 });
    this.#journal = join(journalDir, `${process.pid}-${startTicks(process.pid)}.json`);
  }

  /** Notes a change that has just been made. @param change null when the kernel itself undoes it with this process */
  push(what: string, change: HostChange | null, undo: () => void | Promise<void>): void {
    this.#entries.push({ what, change, undo });
    this.#save();
  }

  /** Undoes everything in reverse order. A step that fails does not stop the others. @returns what could not be undone */
  async run(): Promise<string[]> {
    const failed: string[] = [];
    for (let entry = this.#entries.pop(); entry !== undefined; entry = this.#entries.pop()) {
      try {
        await entry.undo();
      } catch (error) {
        failed.push(`${entry.what}: ${error instanceof Error ? error.message : String(error)}`);
      }
      this.#save();
    }
    return failed;
  }

  get size(): number {
    return this.#entries.length;
  }

  #save(): void {
    const changes = this.#entries.map((entry) => entry.change).filter((change) => change !== null);
    if (changes.length === 0) rmSync(this.#journal, { force: true });
    else writeFileSync(this.#journal, JSON.stringify(changes), { mode: 0o600 });
  }
}

/** Undoes what agents that are no longer alive have left. @returns one sentence per thing undone */
export function undoLeftovers(journalDir: string = defaultJournalDir()): string[] {
  const undone: string[] = [];
  for (const file of listDir(journalDir)) {
    const owner = /^(\d+)-(\d+)\.json$/.exec(file);
    if (owner === null || startTicks(Number(owner[1])) === owner[2]) continue;
    const path = join(journalDir, file);
    for (const change of readJournal(path).reverse()) undone.push(...undoChange(change));
    rmSync(path, { force: true });
  }
  return undone;
}

export function defaultJournalDir(): string {
  const uid = process.getuid?.() ?? 0;
  return uid === 0 ? '/run/hookbench' : join(tmpdir(), `hookbench-${uid}-run`);
}

/** start time of a process in clock ticks since boot (field 22 of /proc/PID/stat): with the pid it names one process; '' when gone */
export function startTicks(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function undoChange(change: HostChange): string[] {
  if (change.kind === 'directory') {
    if (!OWNED_DIRECTORY.test(change.path)) return [];
    rmSync(change.path, { recursive: true, force: true });
    return [`removed ${change.path}`];
  }
  if (startTicks(change.pid) !== change.startTicks || change.startTicks === '') return [];
  process.kill(change.pid, 'SIGKILL');
  return [`ended process ${change.pid}`];
}

function readJournal(path: string): HostChange[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Array.isArray(value)
      ? (value as HostChange[]).filter((c) => c?.kind === 'directory' || c?.kind === 'process')
      : [];
  } catch {
    return [];
  }
}

function listDir(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
