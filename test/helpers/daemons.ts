/** Real daemons in a test: a controller and an agent as processes, with their logs, their ops listeners and how they ended. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parseMetrics } from './prometheus.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = {
  controller: [process.execPath, '--import', 'tsx', 'controller/main.ts'],
  agent: [process.execPath, '--import', 'tsx', 'agent/main.ts'],
} as const;
const MOST_WAIT_MS = 60_000;

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export class DaemonProcess {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  #stderr = '';
  #stdout = '';
  #how: Ended | null = null;

  /** @param wrap words before the command, which must exec it */
  constructor(name: keyof typeof COMMAND, args: readonly string[], o: { wrap?: readonly string[] } = {}) {
    const [file, ...rest] = [...(o.wrap ?? []), ...COMMAND[name], ...args];
    const child = execa(file!, rest, {
      cwd: ROOT,
      reject: false,
      stdin: 'ignore',
      buffer: false,
      forceKillAfterDelay: false,
    });
    this.pid = child.pid ?? 0;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString();
    });
    this.ended = child.then(({ exitCode, signal }) => {
      this.#how = { exitCode: exitCode ?? null, signal: signal ?? null };
      return this.#how;
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** lines of the log as objects; what is not JSON is left out */
  get log(): Record<string, unknown>[] {
    return this.#stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  }

  async port(): Promise<number> {
    return until(`port of ${this.pid}`, () => Number(/port=(\d+)/.exec(this.#stdout)?.[1]) || null, this);
  }

  async opsUrl(): Promise<string> {
    const find = () => this.log.find((line) => line.opsPort !== undefined)?.opsPort ?? null;
    return `http://127.0.0.1:${await until('ops listener', find, this)}`;
  }

  async said(pattern: RegExp): Promise<void> {
    await until(String(pattern), () => (pattern.test(this.#stderr) ? true : null), this);
  }

  async metrics(): Promise<Map<string, number>> {
    return parseMetrics(await (await fetch(`${await this.opsUrl()}/metrics`)).text());
  }

  async ready(): Promise<{ ready: boolean; reasons: string[] }> {
    return (await fetch(`${await this.opsUrl()}/readyz`)).json() as Promise<{ ready: boolean; reasons: string[] }>;
  }

  signal(name: NodeJS.Signals): void {
    if (this.#how === null) process.kill(this.pid, name);
  }

  get how(): Ended | null {
    return this.#how;
  }
}

/** A token, a folder for studies, and the daemons of one test, ended with it. */
export class LocalDaemons {
  readonly dir = mkdtempSync(join(tmpdir(), 'hookbench-test-daemons-'));
  readonly tokenFile = join(this.dir, 'token');
  readonly token = randomBytes(16).toString('hex');
  readonly #started: DaemonProcess[] = [];

  constructor() {
    writeFileSync(this.tokenFile, this.token, { mode: 0o600 });
  }

  start(name: 'controller' | 'agent', args: readonly string[], o: { wrap?: readonly string[] } = {}): DaemonProcess {
    const daemon = new DaemonProcess(name, args, o);
    this.#started.push(daemon);
    return daemon;
  }

  controller(args: readonly string[] = []): DaemonProcess {
    const own = ['--listen', '127.0.0.1:0', '--token-file', this.tokenFile, '--ops', '127.0.0.1:0'];
    return this.start('controller', [...own, ...args]);
  }

  agent(port: number, args: readonly string[] = [], o: { wrap?: readonly string[] } = {}): DaemonProcess {
    const own = ['--controller', `127.0.0.1:${port}`, '--token-file', this.tokenFile, '--ops', '127.0.0.1:0'];
    return this.start('agent', [...own, ...args], o);
  }

  /** words for the command line that name this controller and our folder */
  remote(port: number): string[] {
    return ['--controller', `127.0.0.1:${port}`, '--token-file', this.tokenFile];
  }

  async close(): Promise<void> {
    for (const daemon of this.#started) daemon.signal('SIGKILL');
    await Promise.all(this.#started.map((daemon) => daemon.ended));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** @throws Error when it does not come, with what the daemon said */
export async function until<T>(
  what: string,
  look: () => T | null | Promise<T | null>,
  daemon?: DaemonProcess,
): Promise<T> {
  const deadline = Date.now() + MOST_WAIT_MS;
  while (Date.now() < deadline && daemon?.how == null) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what} did not come; ${JSON.stringify(daemon?.how)}\n${daemon?.stderr ?? ''}`);
}
