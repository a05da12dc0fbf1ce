import { GeneratorChild } from './child.ts';
import { fallbackCommand, type GeneratorCommand, nativeCommand } from './command.ts';
import { LoadError } from './errors.ts';
import type { ChildPort, SpawnPort } from './port.ts';
import { checkRun, closeLine, expectedSamples, payloadMessage, quitLine, runMessage, targetLine } from './request.ts';
import type { LoadRun, LoadTarget, PayloadKind, RunResult } from './types.ts';

export { LoadError, type LoadErrorCode } from './errors.ts';
export type { ChildExit, ChildPort, SpawnPort } from './port.ts';
export * from './types.ts';

export type GeneratorKind = 'busy-poll' | 'node-net';

export type StartGeneratorOptions = {
  /** Path of `build/hookbench-load`; null takes the Node fallback. */
  readonly binary: string | null;
  /** Core to pin to; null pins to none. */
  readonly cpu: number | null;
  readonly spawn: StartPort;
};

/** as SpawnPort, or one that takes its time: a container has no process at once */
export type StartPort = (...words: Parameters<SpawnPort>) => ChildPort | Promise<ChildPort>;

/**
 * Starts the load generator and waits until it is ready.
 * @throws LoadError generator-died | protocol
 */
export async function startGenerator(o: StartGeneratorOptions): Promise<LoadGenerator> {
  const commands = o.binary === null ? fallbackCommand(o.cpu) : nativeCommand(o.binary, o.cpu);
  return startFirst(commands, o.spawn);
}

async function startFirst(commands: readonly GeneratorCommand[], spawn: StartPort): Promise<LoadGenerator> {
  let failure: unknown;
  for (const command of commands) {
    try {
      const child = await GeneratorChild.start(await spawnChild(command, spawn));
      return new LoadGenerator(child);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

async function spawnChild(command: GeneratorCommand, spawn: StartPort): Promise<ChildPort> {
  try {
    return await spawn(command.file, command.args, {});
  } catch (cause) {
    throw new LoadError(`load generator ${command.file} could not be started: ${String(cause)}`, {
      code: 'generator-died',
      cause,
    });
  }
}

/** One running load generator. Calls are answered one after the other; a failed run leaves it usable unless it died. */
export class LoadGenerator {
  readonly kind: GeneratorKind;
  /** The core it is pinned to, null when it is not. */
  readonly cpu: number | null;
  /** As the program says it. */
  readonly version: string;
  readonly pid: number;
  readonly #child: GeneratorChild;
  readonly #targets = new Map<number, LoadTarget>();
  readonly #payloadBytes = new Map<PayloadKind, number>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(child: GeneratorChild) {
    this.#child = child;
    this.kind = child.ready.kind;
    this.cpu = child.ready.cpu;
    this.version = child.ready.version;
    this.pid = child.pid;
  }

  /** Names a target; the same id again replaces it. Connects in the next run only. @throws LoadError bad-request | generator-died */
  async setTarget(target: LoadTarget): Promise<void> {
    const line = targetLine(target);
    await this.#inTurn(() => this.#child.send(line));
    this.#targets.set(target.id, target);
  }

  /** Sets the request bytes of one kind. @throws LoadError bad-request | generator-died */
  async setPayload(kind: PayloadKind, bytes: Uint8Array): Promise<void> {
    const message = payloadMessage(kind, bytes);
    await this.#inTurn(() => this.#child.send(message));
    this.#payloadBytes.set(kind, bytes.length);
  }

  /**
   * One stretch of work: one in flight at any time, in the given order.
   * @returns all samples in the order taken, and per named target what the other end must have read
   * @throws LoadError with the frames and counters until then
   */
  async run(run: LoadRun): Promise<RunResult> {
    checkRun(run, this.#targets, this.#payloadBytes);
    const samples = expectedSamples(run, this.#targets);
    return this.#inTurn(async () => {
      const result = await this.#child.exchange(runMessage(run), run.step, run.signal);
      const received = result.frames.reduce((n, frame) => n + frame.latencyNs.length, 0);
      const denied = result.counters.reduce((n, counters) => n + counters.denied, 0);
      // a denied request may have been a settling one, which gives no sample in any case
      if (received > samples || received < samples - denied) {
        throw new LoadError(`load generator sent ${received} samples of step ${run.step}, expected ${samples}`, {
          code: 'protocol',
          measured: result,
        });
      }
      return result;
    });
  }

  /** Closes all connections; targets stay known. @throws LoadError generator-died */
  async closeConnections(): Promise<void> {
    await this.#inTurn(() => this.#child.exchange(closeLine(), 0, undefined));
  }

  /** Ends the program; never rejects, and may be called at any time and more than once. */
  async stop(): Promise<void> {
    await this.#child.stop(quitLine());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }
}
