/** What a hook must have counted of a Java program's reads, worked out from a script and what its steps gave: from the specification in
 * hooks/README.md, and from nothing of the hooks' own code. */

import { createHash } from 'node:crypto';
import type { HookedFunction } from '../../../agent/mechanisms/mechanism.ts';
import type { ExpectedRead } from '../oracle.ts';
import { Queue } from '../queue.ts';
import { firstKeyword } from '../search.ts';
import type { Kind, LaneStep, ReadResult } from './script.ts';

export interface JavaTask {
  readonly pid: number;
  readonly functions: readonly HookedFunction[];
  readonly keywords: readonly Buffer[];
  /** what Java says of a read with a keyword; null unless the action is block */
  readonly blockedSays: string | null;
}

export interface JavaExpectation {
  readonly reads: readonly ExpectedRead[];
  /** reads that returned nothing, in the two counters that there are for them */
  readonly empty: { readonly eofs: number; readonly errors: number };
  /** reads whose end another thread decided: one of the counters may have them, or none */
  readonly either: number;
  /** reads whose result is not what a program may see */
  readonly broken: readonly { readonly step: number; readonly what: string }[];
}

interface Open {
  readonly kind: Kind;
  readonly queue: Queue;
  queued: number;
  state: 'open' | 'ended' | 'reset' | 'shut';
}

export function expectationOf(
  steps: readonly LaneStep[],
  results: readonly (ReadResult | null)[],
  task: JavaTask,
): JavaExpectation {
  const world = new World(task);
  for (const [index, one] of steps.entries()) world.take(index, one, results[index] ?? null);
  return world;
}

class World implements JavaExpectation {
  readonly reads: ExpectedRead[] = [];
  readonly empty = { eofs: 0, errors: 0 };
  readonly broken: { step: number; what: string }[] = [];
  either = 0;
  readonly #task: JavaTask;
  readonly #slots = new Map<string, Open>();

  constructor(task: JavaTask) {
    this.#task = task;
  }

  take(index: number, { lane, step }: LaneStep, result: ReadResult | null): void {
    const slot = `${lane}.${step.slot}`;
    const open = this.#slots.get(slot);
    if (step.code === 'accept')
      this.#slots.set(slot, { kind: step.kind, queue: new Queue(), queued: 0, state: 'open' });
    if (open === undefined) return;
    if (step.code === 'send') {
      open.queue.push(step.bytes);
      open.queued += step.bytes.length;
    } else if (step.code === 'end') open.state = 'ended';
    else if (step.code === 'reset') open.state = 'reset';
    else if (step.code === 'shut') open.state = 'shut';
    else if (step.code === 'under') this.either += 1;
    if (step.code !== 'read') return;
    const call = step.parts.length > 1 ? 'readv' : 'read';
    const size = step.parts.reduce((sum, part) => sum + part, 0);
    if (result === null) this.broken.push({ step: index, what: 'the read was not made' });
    else this.#read(index, { open, call, size }, result);
  }

  #read(
    step: number,
    { open, call, size }: { open: Open; call: HookedFunction; size: number },
    result: ReadResult,
  ): void {
    const isHooked = this.#task.functions.includes(call);
    const bytes = open.queue.take(Math.min(size, open.queued), false);
    open.queued -= bytes.length;
    const keyword = firstKeyword(this.#task.keywords, bytes);
    const expected = this.#resultOf(open, { bytes, blocks: isHooked && keyword !== null });
    this.#hold(step, result, expected);
    if (!isHooked || open.state === 'shut') return; // nothing is read of a socket that the program has closed
    if (bytes.length > 0) {
      const { pid } = this.#task;
      this.reads.push({ ...result, step, call, pid, tid: 0, bytes, keyword });
    } else if (open.state === 'ended') this.empty.eofs += 1;
    else this.empty.errors += 1;
  }

  /** what the program must see */
  #resultOf(
    { state }: Open,
    { bytes, blocks }: { bytes: Buffer; blocks: boolean },
  ): { readonly says: RegExp; readonly got: number; readonly bytes: Buffer } {
    const none = Buffer.alloc(0);
    const { blockedSays } = this.#task;
    if (state === 'shut') return { says: /^(ClosedChannelException|SocketException):/, got: 0, bytes: none };
    if (blocks && blockedSays !== null)
      return { says: new RegExp(`^(IO|Socket)Exception:${blockedSays}$`), got: 0, bytes: none };
    if (bytes.length > 0) return { says: /^ok$/, got: bytes.length, bytes };
    if (state === 'reset') return { says: /^(Socket|IO)Exception:Connection_reset/, got: 0, bytes: none };
    return { says: /^ok$/, got: state === 'ended' ? -1 : 0, bytes: none };
  }

  #hold(step: number, result: ReadResult, expected: { says: RegExp; got: number; bytes: Buffer }): void {
    const sha1 = createHash('sha1').update(expected.bytes).digest('hex');
    const asExpected = expected.says.test(result.status) && result.got === expected.got && result.sha1 === sha1;
    if (asExpected && result.clean) return;
    const what = `the program saw ${result.status}, ${result.got} bytes${result.clean ? '' : ', a changed buffer'}`;
    this.broken.push({ step, what: `${what}; expected ${expected.says}, ${expected.got} bytes` });
  }
}
