/** The Node program under the hook, and what it tells. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../helpers/preload.ts';

export interface DriverEvent {
  readonly event:
    | 'ready'
    | 'open'
    | 'chunk'
    | 'end'
    | 'error'
    | 'close'
    | 'request'
    | 'clientError'
    | 'decoy'
    | 'paused';
  readonly id?: number;
  readonly fd?: number;
  readonly bytes?: string;
  readonly code?: string;
  readonly errno?: number;
  readonly syscall?: string;
  readonly url?: string;
  readonly body?: string;
}

export interface Ready {
  readonly tcp: number;
  readonly http: number;
  readonly local: string;
  readonly worker: number;
}

/** how long a step may take on a busy machine */
const STEP_MS = 20_000;

export class Driver {
  readonly #child: ChildProcess;
  readonly #events: DriverEvent[] = [];
  #wake: () => void = () => undefined;
  #stderr = '';

  constructor(program: string, env: NodeJS.ProcessEnv, localSocket: string) {
    const path = join(ROOT, 'test', 'fixtures', 'node_driver.mjs');
    this.#child = spawn(program, [path, localSocket], { env, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#stderr += text;
    });
    this.#child.on('message', (event: DriverEvent) => {
      this.#events.push(event);
      this.#wake();
    });
    this.#child.on('exit', () => this.#wake());
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get stderr(): string {
    return this.#stderr;
  }

  order(order: string, more: Readonly<Record<string, unknown>> = {}): void {
    this.#child.send({ order, ...more });
  }

  /** The first event for which this is so; events before it stay for who waits for them. @throws Error after a while, or when it has ended */
  async expect(what: string, fits: (event: DriverEvent) => boolean): Promise<DriverEvent> {
    const until = Date.now() + STEP_MS;
    for (;;) {
      const at = this.#events.findIndex(fits);
      if (at >= 0) return this.#events.splice(at, 1)[0]!;
      const left = until - Date.now();
      if (left <= 0 || this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(
          `the driver told nothing of: ${what}; it said ${JSON.stringify(this.#events.slice(0, 5))} ${this.#stderr}`,
        );
      await this.#told(left);
    }
  }

  /** events that nobody waited for */
  left(): readonly DriverEvent[] {
    return this.#events;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.connected) this.order('exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    await gone;
    clearTimeout(timer);
  }

  #told(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
