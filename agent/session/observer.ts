/** Watches the surroundings of one fork: looks before its first measured step and after its last, never while a slice runs. */

import type { Assignment, NetworkPath, Observation, PlacedEnd, ReadCensus, RecordBody, Slice } from '#proto';
import { missing, reasonOf, tried } from '../observe/fact.ts';
import { type LimitsLook, limitsBetween, lookAtLimits } from '../observe/limits.ts';
import { farPath, networkPath } from '../observe/path.ts';
import { placedEnd } from '../observe/placement.ts';
import { RunQueueTally, runQueueWaits } from '../observe/run-queue.ts';
import { lookAtTenants, type TenantsLook, tenantsBetween } from '../observe/tenants.ts';
import type { LiveFork, LiveInstance } from './fork.ts';

interface Look {
  readonly tenants: TenantsLook;
  /** by SUT */
  readonly limits: ReadonlyMap<string, LimitsLook>;
}

/** of the slices of one SUT */
interface Sliced {
  ms: number;
  readonly sut: RunQueueTally;
  readonly load: RunQueueTally;
}

/** what was seen of a fork but for what its SUTs read */
type Seen = Omit<Observation, 'reads'>;

export class ForkObserver {
  readonly #fork: LiveFork;
  readonly #assignment: Assignment;
  /** its instances by SUT; the first of each, one without a hook where there is one, is looked at for where it runs */
  readonly #suts: ReadonlyMap<string, readonly LiveInstance[]>;
  readonly #sliced = new Map<string, Sliced>();
  #begun: Look | null = null;
  #seen: readonly Seen[] = [];

  constructor(fork: LiveFork, assignment: Assignment) {
    this.#fork = fork;
    this.#assignment = assignment;
    this.#suts = bySut(fork.instances);
  }

  /** to be called before each step */
  before(step: number): void {
    const first = this.#assignment.steps.findIndex(isMeasured);
    if (step === first)
      this.#begun = tried<Look | null>(
        () => this.#look(),
        () => null,
      );
  }

  /** To be called before each slice. @returns to be called after it, with how long it ran */
  slice({ sut, order }: Slice): (ranMs: number) => void {
    if (this.#begun === null) return () => undefined;
    const load = this.#loadPid();
    const named = new Set(Array.from(order, (byte) => byte & 0x3f));
    const live = (this.#suts.get(sut) ?? []).filter(({ instance }) => named.has(instance.id));
    const from = (pids: readonly number[]) => pids.map((pid) => ({ pid, from: runQueueWaits(pid) }));
    const [loadBefore, sutBefore] = [from(load), from(live.map((one) => one.process.servingPid))];
    return (ranMs) => {
      const after = (before: typeof loadBefore) => before.map((one) => ({ ...one, to: runQueueWaits(one.pid) }));
      const sliced = this.#slicedOf(sut);
      sliced.ms += ranMs;
      sliced.load.add(after(loadBefore), ranMs);
      sliced.sut.add(after(sutBefore), ranMs);
    };
  }

  /** to be called after each step */
  async after(step: number): Promise<void> {
    if (this.#begun === null || step !== this.#assignment.steps.findLastIndex(isMeasured)) return;
    const from = this.#begun;
    this.#begun = null;
    const to = tried<Look | null>(
      () => this.#look(),
      () => null,
    );
    if (to !== null)
      this.#seen = await Promise.all([...this.#suts].map(([sut, live]) => this.#see(sut, live, from, to)));
  }

  /** One record for each SUT; none where the measured part did not come to its end. @param census what each SUT read, empty when not looked at */
  records(census: ReadonlyMap<string, ReadCensus>): RecordBody[] {
    return this.#seen.map((seen): RecordBody => {
      const reads = census.get(seen.sut);
      return { body: 'observation', observation: { ...seen, ...(reads !== undefined && { reads }) } };
    });
  }

  #slicedOf(sut: string): Sliced {
    const known = this.#sliced.get(sut) ?? { ms: 0, sut: new RunQueueTally(), load: new RunQueueTally() };
    this.#sliced.set(sut, known);
    return known;
  }

  /** none where it is on another node */
  #loadPid(): number[] {
    return this.#fork.far === null ? [this.#fork.generator.pid] : [];
  }

  #look(): Look {
    const load = this.#loadPid();
    const { instances, bystanders } = this.#fork;
    const ends = [...load, ...[...instances, ...bystanders].map((live) => live.process.servingPid)];
    const limits = [...this.#suts].map(
      ([sut, live]) => [sut, lookAtLimits({ load, sut: live.map((one) => one.process.servingPid) })] as const,
    );
    return { tenants: lookAtTenants(ends), limits: new Map(limits) };
  }

  async #see(sut: string, instances: readonly LiveInstance[], from: Look, to: Look): Promise<Seen> {
    const { servingPid: sutPid, port } = instances[0]!.process;
    const sliced = this.#slicedOf(sut);
    const { loadEnd, path } = await this.#seeWay({ sutPid, port });
    const sutEnd = placedEnd(sutPid);
    return {
      sut,
      condition: this.#assignment.condition,
      fork: this.#assignment.fork,
      measuredMs: to.tenants.atMs - from.tenants.atMs,
      slicedMs: sliced.ms,
      ...(loadEnd !== null && { loadEnd }),
      ...(sutEnd !== null && { sutEnd }),
      path,
      tenants: tenantsBetween(from.tenants, to.tenants),
      limits: limitsBetween(from.limits.get(sut)!, to.limits.get(sut)!, {
        sut: sliced.sut.worst(),
        load: this.#fork.far === null ? sliced.load.worst() : missing('the load generator is on another node'),
      }),
    };
  }

  /** Of a load generator on another node its agent tells what this one can't see. */
  async #seeWay(sut: { sutPid: number; port: number }): Promise<{ loadEnd: PlacedEnd | null; path: NetworkPath }> {
    const { generator, sutIpv4: ipv4, far } = this.#fork;
    if (far === null) {
      const path = await networkPath({ loadPid: generator.pid, ipv4, ...sut }).catch(unseenPath);
      return { loadEnd: placedEnd(generator.pid), path };
    }
    try {
      const sight = await far.look(ipv4);
      return { loadEnd: sight.end, path: farPath({ ...sut, ipv4, loadIpv4: far.peer.host }, sight) };
    } catch (error) {
      return { loadEnd: null, path: unseenPath(error) };
    }
  }
}

function bySut(instances: readonly LiveInstance[]): Map<string, LiveInstance[]> {
  const suts = new Map<string, LiveInstance[]>();
  const plainFirst = [...instances].sort((a, b) => Number(a.hook !== null) - Number(b.hook !== null));
  for (const live of plainFirst) suts.set(live.sut.id, [...(suts.get(live.sut.id) ?? []), live]);
  return suts;
}

function isMeasured({ phase }: { phase: string }): boolean {
  return phase !== 'warmup';
}

function unseenPath(error: unknown): NetworkPath {
  const why = [reasonOf(error)];
  return { acceptedBy: '', acceptor: '', route: '', device: '', deviceKind: '', meshProxies: [], missing: why };
}
