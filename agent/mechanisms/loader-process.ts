/** The running hookbench-bpf: what it says line by line, its end, and the kernel's words when it fails. */

import { readFileSync } from 'node:fs';
import { BenchError } from '#proto';
import { PATHS } from '../config.ts';
import type { ChildExit, ChildPort } from '../load/port.ts';
import { spawnChild } from '../process/child.ts';

const DETACH_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 5;
const LOG_LINES = 12;

export class LoaderProcess {
  readonly #child: ChildPort;
  readonly #log: string;
  #exit: ChildExit | null = null;
  #lines: string[] = [];
  #rest = '';
  #errors = '';

  constructor(log: string, args: readonly string[]) {
    this.#log = log;
    this.#child = spawnChild(PATHS.bpfLoader, args, {});
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.on('data', (chunk: Buffer) => {
      const lines = (this.#rest + chunk.toString('latin1')).split('\n');
      this.#rest = lines.pop() ?? '';
      this.#lines.push(...lines);
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString('latin1');
    });
    void this.#child.exited.then((exit) => {
      this.#exit = exit;
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  get live(): boolean {
    return this.#exit === null && this.#lines.includes('live');
  }

  get ended(): boolean {
    return this.#exit !== null;
  }

  /** what it attached, '' before that */
  get form(): string {
    return this.#lines.find((line) => line.startsWith('form '))?.slice('form '.length) ?? '';
  }

  get refused(): readonly string[] {
    return this.#lines.filter((line) => line.startsWith('refused ')).map((line) => line.slice('refused '.length));
  }

  died(): string | null {
    return this.#exit === null ? null : `${how(this.#exit)}\n${this.#said()}`;
  }

  async anything(timeoutMs: number): Promise<void> {
    await Promise.race([this.#child.exited, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  /** Detaches. It may live on then, looking at nothing, until the last connection that it has touched is closed. @returns pid → reads longer than the window. @throws BenchError probe-died */
  async end(): Promise<ReadonlyMap<number, number>> {
    const early = this.#exit;
    if (early !== null) throw this.failure('probe-died', `hookbench-bpf ended while attached (${how(early)})`);
    this.#child.stdin.end();
    const deadline = performance.now() + DETACH_TIMEOUT_MS;
    while (!this.#lines.includes('detached') && this.#exit === null && performance.now() < deadline)
      await this.anything(LOOK_EVERY_MS);
    const exit = this.#exit as ChildExit | null; // which waiting may have changed
    if (exit === null && !this.#lines.includes('detached')) {
      await this.kill();
      throw this.failure('probe-died', 'hookbench-bpf did not end when told to');
    }
    if (exit !== null && exit.exitCode !== 0) throw this.failure('probe-died', `hookbench-bpf ended with ${how(exit)}`);
    const found = this.#lines.map((line) => /^found (\d+) .* cut (\d+) /.exec(line)).filter((match) => match !== null);
    return new Map(found.map(([, pid, cut]) => [Number(pid), Number(cut)]));
  }

  failure(code: 'attach-failed' | 'probe-died', message: string): BenchError {
    return new BenchError(code, message, {
      nextStep: `the kernel's own words are in ${this.#log}; hookbench doctor tells what this kernel takes`,
      detail: this.#said(),
    });
  }

  /** what it said, and the end of the verifier's log */
  #said(): string {
    const log = readOrEmpty(this.#log).trimEnd().split('\n').slice(-LOG_LINES);
    return [...this.refused, this.#errors.trim(), ...log].filter((line) => line !== '').join('\n');
  }
}

function how(exit: ChildExit): string {
  return exit.signal === null ? `exit code ${exit.exitCode}` : `signal ${exit.signal}`;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
