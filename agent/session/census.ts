/** What each SUT of a fork uses `read` for: counted while it is sent some requests of its own, after everything measured, so that no
 * instance is measured after work that another has not had. */

import type { ReadCensus } from '#proto';
import { takeCensus } from '../observe/census.ts';
import { reasonOf } from '../observe/fact.ts';
import { connectedChild } from '../suts/ready.ts';
import type { LiveFork, LiveInstance } from './fork.ts';

const REQUESTS = 500;
const UNIT_TIMEOUT_MS = 5_000;

/** @returns by SUT; where nothing could be counted, why. Never rejects. */
export async function readCensus(
  fork: LiveFork,
  o: { step: number; signal: AbortSignal },
): Promise<Map<string, ReadCensus>> {
  const watched = onePerSut(fork.instances);
  const requests = new Map<string, number>();
  const readers = new Map<string, number>();
  const work = async () => {
    for (const live of watched) requests.set(live.sut.id, await ask(fork, live, { ...o, most: REQUESTS }));
  };
  for (const live of watched) readers.set(live.sut.id, await readerOf(fork, live, o));
  const pids = [...readers.values()];
  const census = await takeCensus(pids, work, {
    dir: fork.order.dir,
    undo: fork.order.host.undo,
    signal: o.signal,
  }).catch((error: unknown) => ({ missing: reasonOf(error) }));
  return new Map(
    watched.map(({ sut }): [string, ReadCensus] => {
      const sent = requests.get(sut.id) ?? 0;
      if ('missing' in census) return [sut.id, { requests: sent, calls: [], missing: census.missing }];
      return [sut.id, { requests: sent, calls: census.counts.get(readers.get(sut.id) ?? 0) ?? [], missing: '' }];
    }),
  );
}

/** The process that will read the requests. Where that is forked for each connection: the one of a connection that is made for it and kept. */
async function readerOf(fork: LiveFork, live: LiveInstance, o: { step: number; signal: AbortSignal }): Promise<number> {
  const { servingPid, port } = live.process;
  if (live.sut.serving !== 'each-connection') return servingPid;
  await ask(fork, live, { ...o, most: 1 }).catch(() => 0);
  return connectedChild(servingPid, port) ?? servingPid;
}

/** Requests without a keyword, which no hook takes away; their samples are of no use. @returns how many were sent */
async function ask(
  fork: LiveFork,
  { instance, sut }: LiveInstance,
  o: { step: number; signal: AbortSignal; most: number },
) {
  const perUnit = sut.protocol.kind === 'burst' ? sut.protocol.requestsPerUnit : 1;
  const order = new Uint8Array(Math.ceil(o.most / perUnit)).fill(instance.id);
  const { counters } = await fork.generator.run({
    step: o.step,
    order,
    settle: 0,
    reconnect: sut.serving !== 'each-connection' || o.most === 1,
    timeoutMs: UNIT_TIMEOUT_MS,
    signal: o.signal,
  });
  return counters.find(({ target }) => target === instance.id)?.requests ?? 0;
}

/** one without a hook where there is one */
function onePerSut(instances: readonly LiveInstance[]): LiveInstance[] {
  const chosen = new Map<string, LiveInstance>();
  for (const live of instances) {
    const known = chosen.get(live.sut.id);
    if (known === undefined || (known.hook !== null && live.hook === null)) chosen.set(live.sut.id, live);
  }
  return [...chosen.values()];
}
