/** What was offered to the stream, told by who offered it: one line of JSON a fact, written before the fact. */

import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { SeenRecord } from './record.ts';

export type LedgerLine =
  | { readonly kind: 'run'; readonly agentId: string; readonly runId: string }
  | { readonly kind: 'offered'; readonly record: SeenRecord }
  /** the record offered last was not taken: its sequence goes to the next one */
  | { readonly kind: 'dropped'; readonly record: SeenRecord };

/** one run of an agent */
export interface RunLedger {
  readonly agentId: string;
  readonly runId: string;
  /** by sequence */
  readonly offered: ReadonlyMap<number, SeenRecord>;
  readonly dropped: readonly SeenRecord[];
}

/** A write survives the end of its process; the sync makes it survive the machine's. */
export class LedgerWriter {
  readonly #fd: number;
  #dirty = false;

  constructor(path: string, syncEveryMs = 200) {
    this.#fd = openSync(path, 'ax', 0o600);
    setInterval(() => this.sync(), syncEveryMs).unref();
  }

  write(line: LedgerLine): void {
    writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    this.#dirty = true;
  }

  sync(): void {
    if (this.#dirty) fdatasyncSync(this.#fd);
    this.#dirty = false;
  }

  close(): void {
    this.sync();
    closeSync(this.#fd);
  }
}

/** @returns null when the agent was killed before it wrote anything. A line cut off at the end was not yet a fact. */
export function readLedger(path: string): RunLedger | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerLine);
  const run = lines.find((line) => line.kind === 'run');
  if (run === undefined) return null;
  const offered = new Map<number, SeenRecord>();
  const dropped: SeenRecord[] = [];
  for (const line of lines) {
    if (line.kind === 'offered') offered.set(line.record.sequence, line.record);
    else if (line.kind === 'dropped') {
      offered.delete(line.record.sequence);
      dropped.push(line.record);
    }
  }
  return { agentId: run.agentId, runId: run.runId, offered, dropped };
}
