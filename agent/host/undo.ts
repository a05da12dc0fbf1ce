/** Everything done to the host has an undo: run in reverse order at the end, on failure and on Ctrl-C; what a crashed agent left is undone at
 * the next start from a journal on disk. */

import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OWN_CONTAINER, removeContainerNow } from './containers.ts';
import { removeFolder } from './folders.ts';

/** What can be undone after a crash, by another process: only these kinds. */
export type HostChange =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'process'; readonly pid: number; readonly startTicks: string }
  | { readonly kind: 'container'; readonly name: string };

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
    if (!isOurs(journalDir)) throw new Error(`${journalDir} is not a folder that only this user can write`);
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
        this.#save();
      } catch (error) {
        failed.push(`${entry.what}: ${messageOf(error)}`);
      }
    }
    return failed;
  }

  get size(): number {
    return this.#entries.length;
  }

  #save(): void {
    const changes = this.#entries.map((entry) => entry.change).filter((change) => change !== null);
    if (changes.length === 0) rmSync(this.#journal, { force: true });
    else {
      // written beside and renamed: whoever reads it after a kill sees all of the old one or all of the new
      writeFileSync(`${this.#journal}.new`, JSON.stringify(changes), { mode: 0o600 });
      renameSync(`${this.#journal}.new`, this.#journal);
    }
  }
}

/** Undoes what agents that are no longer alive have left. What can't be undone stays in the journal for the next start.
 * @returns one sentence per thing undone or not */
export function undoLeftovers(journalDir: string = defaultJournalDir()): string[] {
  if (!isOurs(journalDir)) return [];
  const told: string[] = [];
  for (const file of readdirSync(journalDir)) {
    const [, pid, ticks, unfinished] = /^(\d+)-(\d+)\.json(\.new)?$/.exec(file) ?? [];
    if (pid === undefined || startTicks(Number(pid)) === ticks) continue;
    const path = join(journalDir, file);
    const outcomes = unfinished === undefined ? readJournal(path).reverse().map(undoChange) : [];
    told.push(...outcomes.flatMap(({ said }) => said));
    if (outcomes.every(({ done }) => done)) rmSync(path, { recursive: true, force: true });
  }
  return told;
}

export function defaultJournalDir(): string {
  const uid = process.getuid?.() ?? 0;
  return uid === 0 ? '/run/hookbench' : join(tmpdir(), `hookbench-${uid}-run`);
}

/** start time of a process in clock ticks since boot (field 22 of /proc/PID/stat): with the pid it names one process; '' when it has ended */
export function startTicks(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

function undoChange(change: HostChange): { said: string[]; done: boolean } {
  const what = nameOf(change);
  const verb = change.kind === 'process' ? 'ended' : 'removed';
  try {
    return { said: undoNow(change) ? [`${verb} ${what}`] : [], done: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return { said: [], done: true };
    return { said: [`could not undo ${what}: ${messageOf(error)}`], done: false };
  }
}

/** @returns whether there was something to undo */
function undoNow(change: HostChange): boolean {
  switch (change.kind) {
    case 'directory':
      if (!exists(change.path)) return false;
      removeFolder(change.path);
      return true;
    case 'process':
      if (startTicks(change.pid) !== change.startTicks) return false;
      return process.kill(change.pid, 'SIGKILL');
    case 'container':
      return removeContainerNow(change.name);
  }
}

function nameOf(change: HostChange): string {
  if (change.kind === 'directory') return change.path;
  return change.kind === 'process' ? `process ${change.pid}` : `container ${change.name}`;
}

/** what is not a change of a known kind, or names what is not ours, is passed over */
function readJournal(path: string): HostChange[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Array.isArray(value) ? value.filter(isChange) : [];
  } catch {
    return [];
  }
}

function isChange(value: unknown): value is HostChange {
  const change = value as Partial<Record<'kind' | 'path' | 'pid' | 'startTicks' | 'name', unknown>> | null;
  if (change?.kind === 'directory') return typeof change.path === 'string' && OWNED_DIRECTORY.test(change.path);
  if (change?.kind === 'container') return typeof change.name === 'string' && OWN_CONTAINER.test(change.name);
  if (change?.kind !== 'process') return false;
  return Number.isInteger(change.pid) && Number(change.pid) > 1 && /^\d+$/.test(String(change.startTicks));
}

/** a folder in /tmp can be made by anyone before us: what it says is heard only when no one else can have written it */
function isOurs(dir: string): boolean {
  try {
    const stat = lstatSync(dir);
    return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
