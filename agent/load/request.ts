import { isIPv4 } from 'node:net';
import { LoadError } from './errors.ts';
import {
  type Expectation,
  type LoadRun,
  type LoadTarget,
  MAX_AROUND_BYTES,
  MAX_BURST_BYTES,
  MAX_PAYLOAD_BYTES,
  MAX_REPLIES,
  MAX_SAMPLES,
  MAX_TARGETS,
  MAX_UNITS,
  ORDER_HIT,
  type PayloadKind,
  type RequestTemplate,
} from './types.ts';

/** What the driver writes on the generator's stdin, checked first: the generator ends at a line it can't read. */

export function targetLine(t: LoadTarget): Uint8Array {
  refuseUnless(isInteger(t.id, 0, MAX_TARGETS - 1), `target id ${t.id} is not in 0–${MAX_TARGETS - 1}`);
  refuseUnless(isIPv4(t.ipv4), `target ${t.id}: ${JSON.stringify(t.ipv4)} is not an IPv4 address`, t.id);
  refuseUnless(isInteger(t.port, 1, 65535), `target ${t.id}: port ${t.port} is not in 1–65535`, t.id);
  const line = (count: number) =>
    ascii(`target ${t.id} ${t.ipv4} ${t.port} ${t.protocol} ${count} ${expectationOf(t)}\n`);
  if (t.protocol === 'burst') {
    const perUnit = t.requestsPerUnit;
    refuseUnless(isInteger(perUnit, 1, 65536), `target ${t.id}: ${perUnit} requests per unit is not in 1–65536`, t.id);
    return line(perUnit);
  }
  const replies = t.replies ?? 1;
  const most = t.protocol === 'http' ? 1 : MAX_REPLIES;
  refuseUnless(isInteger(replies, 1, most), `target ${t.id}: ${replies} replies is not in 1–${most}`, t.id);
  return t.template === undefined ? line(replies) : Buffer.concat([line(replies), templateMessage(t.id, t.template)]);
}

export function expectationOf(t: LoadTarget): Expectation {
  return (t.protocol === 'burst' ? undefined : t.expect) ?? 'serve';
}

function templateMessage(id: number, { opening, before, after }: RequestTemplate): Uint8Array {
  const parts = [opening, before, after];
  for (const { length } of parts) {
    const text = `target ${id}: ${length} bytes around the payload is above ${MAX_AROUND_BYTES}`;
    refuseUnless(length <= MAX_AROUND_BYTES, text, id);
  }
  const lengths = parts.map(({ length }) => length).join(' ');
  return Buffer.concat([ascii(`template ${id} ${lengths}\n`), ...parts]);
}

export function payloadMessage(kind: PayloadKind, bytes: Uint8Array): Uint8Array {
  refuseUnless(kind === 0 || kind === 1, `payload kind ${String(kind)} is not 0 or 1`);
  const fits = isInteger(bytes.length, 1, MAX_PAYLOAD_BYTES);
  refuseUnless(fits, `payload of ${bytes.length} bytes is not in 1–${MAX_PAYLOAD_BYTES}`);
  return Buffer.concat([ascii(`payload ${kind} ${bytes.length}\n`), bytes]);
}

export function runMessage(r: LoadRun): Uint8Array {
  const words = ['run', r.step, r.order.length, r.settle, r.reconnect ? 1 : 0, r.timeoutMs];
  return Buffer.concat([ascii(`${words.join(' ')}\n`), r.order]);
}

export const closeLine = (): Uint8Array => ascii('close\n');
export const quitLine = (): Uint8Array => ascii('quit\n');

/** @throws LoadError bad-request */
export function checkRun(
  r: LoadRun,
  targets: ReadonlyMap<number, LoadTarget>,
  payloadBytes: ReadonlyMap<PayloadKind, number>,
): void {
  refuseUnless(isInteger(r.step, 0, 0xffffffff), `step ${r.step} is not a u32`);
  refuseUnless(isInteger(r.order.length, 1, MAX_UNITS), `${r.order.length} units is not in 1–${MAX_UNITS}`);
  refuseUnless(isInteger(r.settle, 0, MAX_UNITS), `settle ${r.settle} is not in 0–${MAX_UNITS}`);
  refuseUnless(isInteger(r.timeoutMs, 1, 3_600_000), `timeout ${r.timeoutMs} ms is not in 1–3600000`);
  for (const kind of kindsSent(r, targets)) refuseUnless(payloadBytes.has(kind), `payload ${kind} was not set`);
  for (const id of namedTargets(r.order)) {
    const target = targets.get(id);
    if (target === undefined) throw badRequest(`target ${id} was not set`, id);
    if (target.protocol === 'burst') checkBurst(target, payloadBytes);
  }
  const samples = expectedSamples(r, targets);
  refuseUnless(samples <= MAX_SAMPLES, `a run of ${samples} samples is above ${MAX_SAMPLES}`);
}

/** Samples a complete run sends, settling included; where refusals are expected a request with a keyword gives none, nor does a denied one. */
export function expectedSamples(r: LoadRun, targets: ReadonlyMap<number, LoadTarget>): number {
  const perUnit = (id: number): number => {
    const target = targets.get(id);
    return target?.protocol === 'burst' ? target.requestsPerUnit : 1;
  };
  const hitsCount = (id: number): boolean => {
    const target = targets.get(id);
    return target === undefined || expectationOf(target) === 'serve';
  };
  let samples = 0;
  for (const byte of r.order) {
    const id = byte & 0x3f;
    if ((byte & ORDER_HIT) === 0 || hitsCount(id)) samples += perUnit(id);
  }
  for (const id of namedTargets(r.order)) {
    samples += (hitsCount(id) ? r.settle : Math.ceil(r.settle / 2)) * perUnit(id);
  }
  return samples;
}

function checkBurst(target: LoadTarget & { protocol: 'burst' }, payloadBytes: ReadonlyMap<PayloadKind, number>): void {
  const sizes = new Set(payloadBytes.values());
  refuseUnless(sizes.size === 1, `target ${target.id}: burst needs payloads of equal length`, target.id);
  const burstBytes = target.requestsPerUnit * Math.max(...sizes);
  const text = `target ${target.id}: a burst of ${burstBytes} bytes is above ${MAX_BURST_BYTES}`;
  refuseUnless(burstBytes <= MAX_BURST_BYTES, text, target.id);
}

function kindsSent(r: LoadRun, targets: ReadonlyMap<number, LoadTarget>): Set<PayloadKind> {
  const kinds = new Set<PayloadKind>();
  for (const byte of r.order) {
    kinds.add((byte & ORDER_HIT) !== 0 ? 1 : 0);
    const target = targets.get(byte & 0x3f);
    // what a new connection is settled with
    if (target !== undefined && expectationOf(target) !== 'serve') kinds.add(0);
  }
  if (r.settle > 0) kinds.add(0);
  if (r.settle > 1) kinds.add(1);
  return kinds;
}

function namedTargets(order: Uint8Array): Set<number> {
  const ids = new Set<number>();
  for (const byte of order) {
    refuseUnless((byte & 0x40) === 0, `order byte 0x${byte.toString(16)} has bit 6 set`);
    ids.add(byte & 0x3f);
  }
  return ids;
}

function refuseUnless(ok: boolean, text: string, targetId: number | null = null): void {
  if (!ok) throw badRequest(text, targetId);
}

function badRequest(text: string, targetId: number | null): LoadError {
  return new LoadError(`load generator: ${text}`, { code: 'bad-request', targetId });
}

function isInteger(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
