/** One unit on a target whose requests with a keyword are to be refused: what native/refusal.c does, over Node's `net`. */

import { FLAG_SETTLE } from '../types.ts';
import { exchangeRequest } from './exchange.ts';
import type { Samples } from './samples.ts';
import { ClosedError, type Target } from './target.ts';

interface Unit {
  readonly hit: boolean;
  readonly flags: number;
  readonly timeoutMs: number;
  readonly samples: Samples;
}

/** @param payloads that of kind 0 settles each new connection @throws Error saying what failed */
export async function exchangeRefusal(
  target: Target,
  payloads: readonly [Buffer | null, Buffer | null],
  unit: Unit,
): Promise<void> {
  const before = unit.samples.length;
  const miss = payloads[0]!;
  const closed = await ask(target, unit.hit ? payloads[1]! : miss, unit);
  if (unit.hit) unit.samples.cut(before);
  if (!unit.hit && closed === null) {
    target.count('served');
    return;
  }
  judge(target, unit.hit, closed);
  await renew(target, miss, unit);
}

/** @returns null when it was answered, the reason when the connection ended before any byte of an answer @throws Error for the rest */
async function ask(target: Target, payload: Buffer, unit: Unit): Promise<ClosedError | null> {
  const before = target.counters.bytesReceived;
  try {
    await exchangeRequest(target, payload, unit.flags, unit.timeoutMs, unit.samples);
    return null;
  } catch (error) {
    if (target.counters.bytesReceived > before) {
      if (unit.hit) return null;
      throw error;
    }
    if (error instanceof ClosedError) return error;
    throw error;
  }
}

/** Where nothing blocks, a request that is not answered is a failure. */
function judge(target: Target, hit: boolean, closed: ClosedError | null): void {
  if (target.address.expect === 'renew') {
    if (closed !== null) throw closed;
    return;
  }
  target.count(hit ? (closed === null ? 'leaked' : 'refused') : 'denied');
}

async function renew(target: Target, miss: Buffer, unit: Unit): Promise<void> {
  const before = unit.samples.length;
  await target.open(true, miss.length, unit.timeoutMs);
  const closed = await ask(target, miss, { ...unit, hit: false, flags: FLAG_SETTLE });
  unit.samples.cut(before);
  if (closed === null) {
    target.count('served');
    return;
  }
  judge(target, false, closed);
  await target.open(true, miss.length, unit.timeoutMs);
}
