/** test/fixtures/segment_server.mjs as a process, and connections to it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './preload.ts';

export class SegmentServer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterableIterator<string>;
  #port = 0;

  static async start(): Promise<SegmentServer> {
    const server = new SegmentServer();
    server.#port = Number(await server.#line());
    return server;
  }

  private constructor() {
    const program = join(ROOT, 'test', 'fixtures', 'segment_server.mjs');
    this.#child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async #line(): Promise<string> {
    return String((await this.#lines.next()).value);
  }

  async tell(what: 'pause' | 'resume'): Promise<void> {
    this.#child.stdin!.write(`${what}\n`);
    await this.#line();
  }

  async connect(): Promise<Connection> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

export class Connection {
  readonly #socket: Socket;
  readonly #over: Promise<unknown>;
  #text = '';
  #heard: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#over = new Promise((resolve) => {
      for (const event of ['end', 'close', 'error']) socket.on(event, resolve);
    });
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
      this.#heard();
    });
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Sends and waits until all that was ever sent here has been read there. @returns false when the connection ended before */
  async ask(bytes: Uint8Array, total: number): Promise<boolean> {
    this.send(bytes);
    let ended = false;
    void this.#over.then(() => {
      ended = true;
      this.#heard();
    });
    while (!this.#text.split('\n').includes(String(total)) && !ended)
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    return this.#text.split('\n').includes(String(total));
  }

  /** Says that nothing more will be sent. @returns what came last, before the other end closed too */
  async finish(): Promise<string> {
    this.#socket.end();
    await this.#over;
    this.#socket.destroy();
    return this.#text.trimEnd().split('\n').at(-1) ?? '';
  }

  /** All that came back until the other end closed. @throws Error when it does not within 10 s */
  async rest(): Promise<string> {
    const late = setTimeout(() => this.#socket.destroy(new Error('it stays open')), 10_000);
    await this.#over;
    clearTimeout(late);
    if (this.#socket.errored !== null) throw this.#socket.errored;
    this.#socket.destroy();
    return this.#text;
  }
}
