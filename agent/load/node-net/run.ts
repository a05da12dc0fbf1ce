import { setTimeout as sleep } from 'node:timers/promises';
import { FRAME_KIND } from '../frame-payload.ts';
import { FLAG_HIT, FLAG_SETTLE, MAX_BURST_BYTES, MAX_SAMPLES, ORDER_HIT } from '../types.ts';
import { exchangeBurst, exchangeRequest } from './exchange.ts';
import { exchangeRefusal } from './refusal.ts';
import { Samples } from './samples.ts';
import type { State } from './state.ts';
import { type Target, zeroCounters } from './target.ts';
import { writeCounters, writeText } from './write.ts';

const UNITS_PER_PAUSE = 1000;
const PAUSE_MS = 3;

export type Run = { step: number; order: Uint8Array; settle: number; reconnect: boolean; timeoutMs: number };

/** Does the work and answers with its frames: samples and done, or samples, partial and error. */
export async function executeRun(run: Run, state: State): Promise<void> {
  const stretch = new Stretch(run, state);
  const interrupt = (): void => stretch.interrupt();
  process.on('SIGUSR2', interrupt);
  let failure: Error | null = null;
  try {
    stretch.prepare();
    await stretch.work();
  } catch (error) {
    failure = error as Error;
  }
  process.off('SIGUSR2', interrupt);
  await stretch.samples.write(run.step);
  const kind = failure === null ? FRAME_KIND.done : FRAME_KIND.partial;
  await writeCounters(
    kind,
    run.step,
    stretch.named.map((target) => target.counters),
  );
  if (failure !== null)
    await writeText(FRAME_KIND.error, run.step, stretch.interrupted ? 'interrupted' : failure.message);
}

class Stretch {
  samples = new Samples(0);
  readonly named: Target[] = [];
  interrupted = false;
  readonly #run: Run;
  readonly #state: State;
  #unitsSincePause = 0;

  constructor(run: Run, state: State) {
    this.#run = run;
    this.#state = state;
  }

  interrupt(): void {
    this.interrupted = true;
    for (const target of this.named) target.interrupt();
  }

  /** Names the targets and makes room. @throws Error when the run can't be done */
  prepare(): void {
    const kinds = new Set(this.#run.settle > 1 ? [0, 1] : this.#run.settle === 1 ? [0] : []);
    let wanted = 0;
    for (const byte of this.#run.order) {
      const target = this.#targetOf(byte);
      kinds.add((byte & ORDER_HIT) !== 0 ? 1 : 0);
      if (target.address.expect !== 'serve') kinds.add(0);
      wanted += target.address.requestsPerUnit;
      if (this.named.includes(target)) continue;
      this.#checkBurst(target);
      target.counters = zeroCounters(target.address.id);
      target.wrap(this.#state.payloads);
      this.named.push(target);
      wanted += this.#run.settle * target.address.requestsPerUnit;
    }
    for (const kind of kinds)
      if (this.#state.payloads[kind === 0 ? 0 : 1] === null) throw new Error(`payload ${kind} was not set`);
    if (wanted > MAX_SAMPLES) throw new Error(`a run of ${wanted} samples is above ${MAX_SAMPLES}`);
    this.samples = new Samples(wanted);
  }

  async work(): Promise<void> {
    const { order, settle, reconnect, timeoutMs } = this.#run;
    const requestBytes = (this.#state.payloads[0] ?? this.#state.payloads[1])!.length;
    for (const target of this.named) await this.#blamed(target, target.open(reconnect, requestBytes, timeoutMs));
    for (let i = 0; i < settle; i++) {
      for (const target of this.named) await this.#unit(target, i & 1, FLAG_SETTLE);
    }
    for (const byte of order) await this.#unit(this.#targetOf(byte), (byte & ORDER_HIT) !== 0 ? 1 : 0, 0);
  }

  async #unit(target: Target, kind: number, flags: number): Promise<void> {
    if (this.#unitsSincePause++ === UNITS_PER_PAUSE) {
      await sleep(PAUSE_MS);
      this.#unitsSincePause = 1;
    }
    if (this.interrupted) throw new Error('interrupted');
    const { timeoutMs } = this.#run;
    if (target.address.expect !== 'serve') {
      const work = exchangeRefusal(target, target.requests, {
        hit: kind === 1,
        flags: flags | (kind === 1 ? FLAG_HIT : 0),
        timeoutMs,
        samples: this.samples,
      });
      await this.#blamed(target, work);
      return;
    }
    const exchange = target.address.protocol === 'burst' ? exchangeBurst : exchangeRequest;
    const payload = target.requests[kind === 0 ? 0 : 1]!;
    const all = flags | (kind === 1 ? FLAG_HIT : 0);
    await this.#blamed(target, exchange(target, payload, all, timeoutMs, this.samples));
  }

  async #blamed(target: Target, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      target.close();
      throw new Error(`${target.name}: ${(error as Error).message}`, { cause: error });
    }
  }

  #targetOf(byte: number): Target {
    if ((byte & 0x40) !== 0) throw new Error('an order byte has bit 6 set');
    const target = this.#state.targets.get(byte & 0x3f);
    if (target === undefined) throw new Error(`target ${byte & 0x3f} was not set`);
    return target;
  }

  #checkBurst(target: Target): void {
    if (target.address.protocol !== 'burst') return;
    const sizes = this.#state.payloads.flatMap((payload) => (payload === null ? [] : [payload.length]));
    const { id, requestsPerUnit } = target.address;
    if (new Set(sizes).size > 1) throw new Error(`target ${id}: burst needs payloads of equal length`);
    if (requestsPerUnit * Math.max(0, ...sizes) > MAX_BURST_BYTES) {
      throw new Error(`target ${id}: a burst is above ${MAX_BURST_BYTES} bytes`);
    }
  }
}
