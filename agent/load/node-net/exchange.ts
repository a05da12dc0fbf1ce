import { FLAG_HIT } from '../types.ts';
import { readerOf } from './replies.ts';
import type { Samples } from './samples.ts';
import type { Target } from './target.ts';

/** One unit of work on a connected target: adds its samples and counts it. @throws Error saying what failed */
type Exchange = (target: Target, payload: Buffer, flags: number, timeoutMs: number, samples: Samples) => Promise<void>;

/** One request and its response: one sample, the client's round trip. */
export const exchangeRequest: Exchange = async (target, payload, flags, timeoutMs, samples) => {
  const take = readerOf(target.rule, target.address.replies);
  let endNs = 0n;
  let receivedBytes = 0;
  const startNs = process.hrtime.bigint();
  const answered = target.exchange(payload, timeoutMs, (chunk) => {
    endNs = process.hrtime.bigint();
    receivedBytes += chunk.length;
    return take(chunk);
  });
  countSent(target, payload, flags, 1);
  await finish(target, answered, () => receivedBytes);
  samples.add(startNs, Number(endNs - startNs), target.address.id, flags);
};

/** requestsPerUnit requests written back to back, and as many latencies read: one sample each, the program's own. */
export const exchangeBurst: Exchange = async (target, payload, flags, timeoutMs, samples) => {
  const requests = target.address.requestsPerUnit;
  const latencies = Buffer.alloc(4 * requests);
  const burst = Buffer.concat(Array.from({ length: requests }, () => payload));
  let receivedBytes = 0;
  let startNs = process.hrtime.bigint();
  const answered = target.exchange(burst, timeoutMs, (chunk) => {
    const end = receivedBytes + chunk.length;
    if (end > latencies.length) throw new Error('bad response: more latencies than requests');
    latencies.set(chunk, receivedBytes);
    receivedBytes = end;
    return end === latencies.length;
  });
  countSent(target, payload, flags, requests);
  await finish(target, answered, () => receivedBytes);
  for (let i = 0; i < requests; i++) {
    const latencyNs = latencies.readUInt32LE(4 * i);
    samples.add(startNs, latencyNs, target.address.id, flags);
    startNs += BigInt(latencyNs);
  }
};

async function finish(target: Target, answered: Promise<void>, receivedBytes: () => number): Promise<void> {
  let units = 0;
  try {
    await answered;
    units = 1;
  } finally {
    const c = target.counters;
    target.counters = { ...c, bytesReceived: c.bytesReceived + receivedBytes(), units: c.units + units };
  }
}

function countSent(target: Target, payload: Buffer, flags: number, requests: number): void {
  const c = target.counters;
  target.counters = {
    ...c,
    requests: c.requests + requests,
    bytesSent: c.bytesSent + requests * payload.length,
    hitsSent: c.hitsSent + ((flags & FLAG_HIT) !== 0 ? requests : 0),
  };
}
