/** What any hook must have counted, worked out from a script and what its steps gave: from the specification in hooks/README.md, and from nothing
 * of the hooks' own code. Descriptors are followed by the script's slots, not by their numbers; bytes by what was written, not by what was read;
 * keywords are found by naive search. */

import type { HookedFunction } from '../../agent/mechanisms/mechanism.ts';
import { fnv1a, Queue } from './queue.ts';
import { DUPLICATE, FUNCTION_OF, MSG, type PlacedOp, READ, type Script, type StepResult } from './script.ts';
import { firstKeyword } from './search.ts';

/** A read that must be counted. */
export interface ExpectedRead {
  /** index of the step in the script */
  readonly step: number;
  readonly call: HookedFunction;
  readonly pid: number;
  readonly tid: number;
  readonly fd: number;
  readonly bytes: Buffer;
  /** index of the keyword found first, null for none */
  readonly keyword: number | null;
  readonly beforeNs: bigint;
  readonly afterNs: bigint;
}

/** What the hook was told, and how far it looks. */
export interface Task {
  readonly functions: readonly HookedFunction[];
  readonly keywords: readonly Buffer[];
  /** bytes from the start of a read that are scanned; null for all */
  readonly windowBytes: number | null;
  /** what a read with a keyword must fail with; null unless the action is block */
  readonly blockErrno: number | null;
  /** knows an accepted socket also by a descriptor that fcntl made */
  readonly followsFcntl: boolean;
  /** does its work in forked children, too */
  readonly followsForks: boolean;
}

export interface ExpectedProcess {
  readonly pid: number;
  readonly reads: ExpectedRead[];
  eofs: number;
  errors: number;
}

export interface Expectation {
  /** by pid; the first is the main program's */
  readonly processes: ReadonlyMap<number, ExpectedProcess>;
  /** steps whose result is not what a program may see, such as wrong bytes */
  readonly broken: readonly { readonly step: number; readonly what: string }[];
}

/** one end of a connection, pipe or pair, or a file: shared by all its descriptors */
interface End {
  readonly accepted: boolean;
  readonly queue: Queue;
  peer: End | null;
}

/** `known`: came from accept, accept4 or by dup, dup2, dup3 from one that is known */
interface Descriptor {
  readonly end: End;
  readonly known: boolean;
}

/** Such calls do not count: what they return is not what the program gets of the stream, or it gets it again. */
const MSG_UNCOUNTED = MSG.peek | MSG.oob | MSG.trunc;

type Slots = Map<number, Descriptor>;

const end = (accepted: boolean): End => ({ accepted, queue: new Queue(), peer: null });

export function expectationOf(script: Script, results: readonly StepResult[], task: Task): Expectation {
  const world = new World(task, results[0]?.pid ?? 0);
  for (const event of inTimeOrder(results)) {
    const result = results[event.step]!;
    const op = script.ops[event.step]!;
    if (event.begins) world.begin(op, result, event.step);
    else world.end(op, result, event.step);
  }
  return { processes: world.processes, broken: world.broken };
}

interface Event {
  readonly step: number;
  readonly begins: boolean;
  readonly atNs: bigint;
}

/** Beginnings and ends of all steps of all threads and processes. Sorting is stable: a sequence's own order holds at equal times. */
function inTimeOrder(results: readonly StepResult[]): Event[] {
  const events = results.flatMap(({ done, beforeNs, afterNs }, step) =>
    done
      ? [
          { step, begins: true, atNs: beforeNs },
          { step, begins: false, atNs: afterNs },
        ]
      : [],
  );
  return events.sort((x, y) => (x.atNs < y.atNs ? -1 : x.atNs > y.atNs ? 1 : 0));
}

class World {
  readonly processes = new Map<number, ExpectedProcess>();
  readonly broken: { step: number; what: string }[] = [];
  readonly #task: Task;
  readonly #mainPid: number;
  /** sequence → slots of the process it runs in */
  readonly #slots = new Map<number, Slots>([[0, new Map()]]);
  /** step under way → what its slot was when it began */
  readonly #reading = new Map<number, Descriptor>();

  constructor(task: Task, mainPid: number) {
    this.#task = task;
    this.#mainPid = mainPid;
  }

  begin(op: PlacedOp, result: StepResult, step: number): void {
    const slots = this.#slotsOf(op);
    const slot = op.a ?? 0;
    const descriptor = slots.get(slot);
    switch (op.code) {
      case 'R':
        if (descriptor !== undefined && op.how !== READ.staleFd) this.#reading.set(step, descriptor);
        break;
      case 'W':
        if (result.value > 0) descriptor?.end.peer?.queue.push((op.data ?? Buffer.alloc(0)).subarray(0, result.value));
        break;
      case 'C':
        slots.delete(slot);
        break;
      case 'T':
        this.#slots.set(slot, slots);
        break;
      case 'F':
        this.#slots.set(slot, new Map(slots));
        break;
      case 'X':
        this.#slots.set(slot, inherited(slots, op.b ?? 0));
        break;
    }
  }

  end(op: PlacedOp, result: StepResult, step: number): void {
    const slots = this.#slotsOf(op);
    const [a, b] = [op.a ?? 0, op.b ?? 0];
    if (op.code === 'R') this.#read(op, result, step);
    if (result.value < 0) return;
    if (op.code === 'A' || op.code === 'P' || op.code === 'p') {
      const [one, other] = [end(op.code === 'A'), end(false)];
      one.peer = other;
      other.peer = one;
      slots.set(a, { end: one, known: one.accepted });
      slots.set(b, { end: other, known: false });
    }
    if (op.code === 'f') {
      const file = end(false);
      file.queue.push(op.data ?? Buffer.alloc(0));
      slots.set(a, { end: file, known: false });
    }
    if (op.code === 'D') {
      const from = slots.get(b);
      if (from !== undefined)
        slots.set(a, { end: from.end, known: from.known && (this.#task.followsFcntl || isFollowed(op.how)) });
    }
  }

  #read(op: PlacedOp, result: StepResult, step: number): void {
    const descriptor = this.#reading.get(step);
    const call = FUNCTION_OF[op.how ?? 0]!;
    const flags = call.startsWith('recv') ? (op.b ?? 0) : 0;
    const asked = this.#task.functions.includes(call) && (flags & MSG_UNCOUNTED) === 0;
    const counts = descriptor?.known === true && descriptor.end.accepted && asked;
    const process = this.#process(result.pid);
    if (counts && result.value < 0 && result.error === this.#task.blockErrno) {
      this.#blocked(op, result, { step, call, descriptor });
      return;
    }
    if (result.value <= 0) {
      if (counts && result.value === 0) process.eofs += 1;
      if (counts && result.value < 0) process.errors += 1;
      return;
    }
    const bytes = descriptor?.end.queue.take(result.value, (flags & MSG.peek) !== 0) ?? Buffer.alloc(0);
    if (bytes.length !== result.value)
      this.broken.push({ step, what: `${result.value} bytes; ${bytes.length} were sent` });
    else if ((flags & MSG.trunc) === 0 && fnv1a(bytes) !== result.hash)
      this.broken.push({ step, what: 'the bytes are not those that were sent' });
    const { keywords, windowBytes } = this.#task;
    if (!counts) return;
    const keyword = firstKeyword(keywords, bytes, windowBytes);
    const isHooked = this.#task.followsForks || result.pid === this.#mainPid;
    if (keyword !== null && isHooked && this.#task.blockErrno !== null)
      this.broken.push({ step, what: 'a keyword reached the program' });
    process.reads.push({ ...result, step, call, bytes, keyword });
  }

  /** What it brought the program does not know: all that was sent by then, as far as it asked. */
  #blocked(
    op: PlacedOp,
    result: StepResult,
    { step, call, descriptor }: { step: number; call: HookedFunction; descriptor: Descriptor },
  ): void {
    const { keywords, windowBytes } = this.#task;
    const bytes = descriptor.end.queue.take(op.size ?? 0, false);
    const keyword = firstKeyword(keywords, bytes, windowBytes);
    if (keyword === null) this.broken.push({ step, what: 'blocked, but there is no keyword in it' });
    this.#process(result.pid).reads.push({ ...result, step, call, bytes, keyword });
  }

  #slotsOf(op: PlacedOp): Slots {
    return this.#slots.get(op.sequence) ?? new Map();
  }

  #process(pid: number): ExpectedProcess {
    const process = this.processes.get(pid) ?? { pid, reads: [], eofs: 0, errors: 0 };
    this.processes.set(pid, process);
    return process;
  }
}

/** Copies by fcntl are not known to most hooks (hooks/README.md, limits). */
function isFollowed(how: number | undefined): boolean {
  return how !== DUPLICATE.fcntl && how !== DUPLICATE.fcntlCloexec;
}

/** An executed program is not hooked, so none of its descriptors is known to a hook. */
function inherited(slots: Slots, slot: number): Slots {
  const descriptor = slots.get(slot);
  return descriptor === undefined ? new Map() : new Map([[slot, { end: descriptor.end, known: false }]]);
}
