/** Reads what bpftrace -f json prints on its terminal: maps at the end, losses, and errors in plain text among them. */

import { LastLines } from '../process/last-lines.ts';

const MOST_PRINTED = 10_000;
/** a match is a message of some 600 characters */
const LONGEST_PRINTED = 4096;
/** our script has ten maps; a full one has 16,384 keys */
const MOST_MAPS = 64;
const MOST_KEYS = 65_536;
const LONGEST_NAME = 100;
/** a count above is none; sums of many such still fit 2^53 */
const MOST_COUNT = 2 ** 48;
/** A map is one line, and a terminal hands it over in pieces of 4 KiB: a histogram with every bucket taken is some 200 KB. */
const LONGEST_LINE = 8 * 1024 * 1024;

export interface BpftraceMaps {
  /** map name without @ → key text → value */
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly lostEvents: number;
}

/** Feed it the terminal's output; hostile or broken lines are kept as text and never throw. */
export class BpftraceOutput {
  readonly #lines = new LastLines(400, LONGEST_LINE);
  readonly #plain: string[] = [];
  readonly #maps = new Map<string, Map<string, number>>();
  readonly #marks = new Map<string, () => void>();
  readonly #printed: string[] = [];
  #lostEvents = 0;

  constructor() {
    this.#lines.onLine((line) => this.#take(line));
  }

  push(text: string): void {
    this.#lines.push(text);
  }

  /** Resolves when the script prints this text. */
  seen(mark: string): Promise<void> {
    return new Promise((resolve) => this.#marks.set(mark, resolve));
  }

  maps(): BpftraceMaps {
    return { maps: this.#maps, lostEvents: this.#lostEvents };
  }

  /** what the script printed and nobody waited for, oldest first; at most 10,000 */
  printed(): readonly string[] {
    return this.#printed;
  }

  /** the last lines that are not data: what bpftrace had to say */
  text(): string {
    return this.#plain.slice(-12).join('\n');
  }

  #take(line: string): void {
    const message = parseJson(line);
    if (message === null) {
      if (line.trim() === '' || line.includes('RLIMIT_MEMLOCK')) return;
      this.#plain.push(line.slice(0, 500));
      if (this.#plain.length > 200) this.#plain.shift();
      return;
    }
    if (message.type === 'printf' && typeof message.data === 'string') this.#mark(message.data.trim());
    if (message.type === 'map') this.#takeMaps(message.data);
    if (message.type === 'lost_events')
      this.#lostEvents = Math.min(MOST_COUNT, this.#lostEvents + lostIn(message.data));
  }

  #mark(text: string): void {
    const mark = this.#marks.get(text);
    if (mark !== undefined) mark();
    else if (this.#printed.length < MOST_PRINTED) this.#printed.push(text.slice(0, LONGEST_PRINTED));
  }

  #takeMaps(data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    for (const [name, content] of Object.entries(data)) {
      const values = new Map<string, number>();
      const known = name.replace(/^@/, '').slice(0, LONGEST_NAME);
      if (!this.#maps.has(known) && this.#maps.size >= MOST_MAPS) continue;
      if (typeof content === 'object' && content !== null) {
        for (const [key, value] of Object.entries(content)) {
          if (isCount(value) && values.size < MOST_KEYS) values.set(key.slice(0, LONGEST_NAME), value);
        }
      }
      this.#maps.set(known, values);
    }
  }
}

function lostIn(data: unknown): number {
  const events = (data as { events?: unknown } | null | undefined)?.events;
  return isCount(events) ? events : 0;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MOST_COUNT;
}

function parseJson(line: string): { type: string; data: unknown } | null {
  const start = line.indexOf('{"type"');
  if (start < 0) return null;
  try {
    return JSON.parse(line.slice(start)) as { type: string; data: unknown };
  } catch {
    return null;
  }
}
