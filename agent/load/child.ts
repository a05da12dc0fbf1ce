import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadError } from './errors.ts';
import { Exchange } from './exchange.ts';
import { FrameParser, type GeneratorFrame } from './frames.ts';
import type { ChildExit, ChildPort } from './port.ts';
import type { RunResult } from './types.ts';

const READY_WITHIN_MS = 20_000;
const QUIT_WITHIN_MS = 1_000;
const DRAIN_WITHIN_MS = 500;
const ABORT_EVERY_MS = 100;
const ABORT_WITHIN_MS = 3_000;
const STDERR_KEPT_CHARS = 4_000;
const STDERR_TAIL_LINES = 5;

export type Ready = { version: string; kind: 'busy-poll' | 'node-net'; cpu: number | null };

/** The generator's process: writes messages, collects the frames that answer them, and turns its death into an error. */
export class GeneratorChild {
  readonly pid: number;
  ready: Ready = { version: '', kind: 'busy-poll', cpu: null };
  readonly #port: ChildPort;
  readonly #parser = new FrameParser();
  readonly #gone: Promise<ChildExit>;
  #stderr = '';
  #exchange: Exchange | null = null;
  #failure: LoadError | null = null;
  #stopping = false;

  /** Waits for the `ready` frame. @throws LoadError generator-died | protocol */
  static async start(port: ChildPort): Promise<GeneratorChild> {
    const child = new GeneratorChild(port);
    const timer = setTimeout(() => child.#fail('did not become ready', 'generator-died'), READY_WITHIN_MS);
    try {
      child.ready = parseReady(await child.#await(new Exchange(null)));
      return child;
    } catch (error) {
      port.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor(port: ChildPort) {
    this.#port = port;
    this.pid = port.pid;
    port.stdout.on('data', (chunk: Uint8Array) => this.#take(chunk));
    port.stderr.on('data', (chunk: Uint8Array) => {
      this.#stderr = (this.#stderr + Buffer.from(chunk).toString('utf8')).slice(-STDERR_KEPT_CHARS);
    });
    for (const stream of [port.stdin, port.stdout, port.stderr]) stream.on('error', () => undefined);
    const drained = finished(port.stdout).catch(() => undefined);
    this.#gone = port.exited.then(async (exit) => {
      await Promise.race([drained, sleep(DRAIN_WITHIN_MS)]);
      this.#died(exit);
      return exit;
    });
  }

  /** Writes a message that is answered only if it fails. */
  async send(message: Uint8Array): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    this.#port.stdin.write(message);
  }

  /** Writes a message and collects what answers it. @throws LoadError */
  async exchange(message: Uint8Array, step: number, signal: AbortSignal | undefined): Promise<RunResult> {
    if (this.#failure !== null) throw this.#failure;
    if (signal?.aborted) throw new LoadError('load run aborted before it started', { code: 'aborted' });
    const exchange = new Exchange(step);
    const answer = this.#await(exchange);
    this.#port.stdin.write(message);
    const unwatch = this.#watch(signal);
    try {
      return (await answer).result;
    } finally {
      unwatch();
    }
  }

  async stop(quit: Uint8Array): Promise<void> {
    this.#stopping = true;
    if (this.#exchange !== null) this.#port.kill('SIGTERM');
    this.#port.stdin.end(quit);
    for (const signal of ['SIGTERM', 'SIGKILL']) {
      const patience = new AbortController();
      const waited = sleep(QUIT_WITHIN_MS, 'late', { signal: patience.signal }).catch(() => 'gone');
      const outcome = await Promise.race([this.#gone.then(() => 'gone'), waited]);
      patience.abort();
      if (outcome === 'gone') return;
      this.#port.kill(signal);
    }
    await this.#gone;
  }

  async #await(exchange: Exchange): Promise<Exchange> {
    this.#exchange = exchange;
    if (this.#failure !== null) exchange.fail(this.#failure);
    try {
      await exchange.finished;
      return exchange;
    } finally {
      this.#exchange = null;
    }
  }

  /** Asks the generator to end its run early, again and again: a signal before the run began is forgotten. */
  #watch(signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined;
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      const giveUpAtMs = performance.now() + ABORT_WITHIN_MS;
      timer = setInterval(
        () => this.#port.kill(performance.now() < giveUpAtMs ? 'SIGUSR2' : 'SIGKILL'),
        ABORT_EVERY_MS,
      );
      this.#port.kill('SIGUSR2');
    };
    signal.addEventListener('abort', abort, { once: true });
    return () => {
      signal.removeEventListener('abort', abort);
      clearInterval(timer);
    };
  }

  #take(chunk: Uint8Array): void {
    if (this.#failure !== null) return;
    let frames: GeneratorFrame[];
    try {
      frames = this.#parser.push(chunk);
    } catch (error) {
      this.#fail((error as Error).message, 'protocol');
      return;
    }
    for (const frame of frames) {
      if (this.#exchange === null || this.#exchange.settled) this.#fail(unexpected(frame), 'protocol');
      else this.#exchange.take(frame);
    }
  }

  #died(exit: ChildExit): void {
    const how =
      exit.signal !== null
        ? `was ended by ${exit.signal}`
        : exit.exitCode !== null
          ? `ended with exit code ${exit.exitCode}`
          : 'could not be started';
    this.#fail(this.#stopping ? 'was stopped' : how, 'generator-died', exit);
  }

  /** The first failure wins; it ends the exchange in flight and every later call. */
  #fail(how: string, code: 'generator-died' | 'protocol', exit?: ChildExit): void {
    if (this.#failure !== null) return;
    const stderrTail = this.#stderr.trimEnd().split('\n').slice(-STDERR_TAIL_LINES).join('\n');
    const text = `load generator (pid ${this.pid}) ${how}${stderrTail === '' ? '' : `; its last lines:\n${stderrTail}`}`;
    const detail = { code, exitCode: exit?.exitCode ?? null, signal: exit?.signal ?? null, stderrTail };
    this.#failure = new LoadError(text, detail);
    this.#exchange?.fail(new LoadError(text, { ...detail, measured: this.#exchange.result }));
    if (code === 'protocol') this.#port.kill('SIGKILL');
  }
}

function parseReady(exchange: Exchange): Ready {
  const words = /^hookbench-load (\S+) (busy-poll|node-net) cpu=(\d+|none)$/.exec(exchange.readyText ?? '');
  if (words === null) {
    const said = JSON.stringify(exchange.readyText);
    throw new LoadError(`load generator said ${said} instead of being ready`, { code: 'protocol' });
  }
  const [, version, kind, cpu] = words;
  return { version: version!, kind: kind as Ready['kind'], cpu: cpu === 'none' ? null : Number(cpu) };
}

function unexpected(frame: GeneratorFrame): string {
  return `sent an unasked ${frame.kind} frame${frame.kind === 'error' ? `: ${frame.text}` : ''}`;
}
