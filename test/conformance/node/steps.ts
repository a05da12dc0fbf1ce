/** What is done to the program under the hook, step by step, and what must then have been counted (hooks/README.md, hooks/node/README.md).
 * Each step waits until the program has told what came of it, so that the order of the reads is certain. */

import { once } from 'node:events';
import net from 'node:net';
import type { Random } from '../../helpers/random.ts';
import { firstKeyword } from '../search.ts';
import type { Driver, DriverEvent, Ready } from './driver.ts';
import type { Texts } from './texts.ts';

export const SERVERS = ['tcp', 'local', 'worker', 'http'] as const;
type ServerName = (typeof SERVERS)[number];

/** one read that must have been counted */
export interface ExpectedChunk {
  readonly fd: number;
  readonly bytes: number;
  readonly keyword: number | null;
  readonly notBeforeNs: bigint;
  readonly notAfterNs: bigint;
}

export interface Expected {
  readonly chunks: ExpectedChunk[];
  eofs: number;
  errors: number;
  /** what the program saw that it must not have, and the like */
  readonly wrong: string[];
  /** situations that came up */
  readonly seen: Set<string>;
}

interface Connection {
  readonly id: number;
  readonly fd: number;
  readonly server: ServerName;
  readonly client: net.Socket;
}

export interface Stage {
  readonly driver: Driver;
  readonly ready: Ready;
  readonly keywords: readonly Buffer[];
  readonly blocks: boolean;
  readonly code: string;
  readonly texts: Texts;
  readonly random: Random;
  readonly decoyPort: number;
  readonly keywordFile: string;
}

export class Steps {
  readonly expected: Expected = { chunks: [], eofs: 0, errors: 0, wrong: [], seen: new Set() };
  readonly #stage: Stage;
  #open: Connection[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async one(): Promise<void> {
    if (this.#open.length < 3 || (this.#open.length < 8 && this.#below(20) === 0)) await this.#connect();
    const connection = this.#open[this.#below(this.#open.length)]!;
    const what = this.#below(40);
    if (what === 0) await this.#end(connection);
    else if (what === 1) await this.#reset(connection);
    else if (what === 2) await this.#destroy(connection);
    else if (what === 3) await this.#decoy();
    else if (what <= 6) await this.#paused(connection);
    else await this.#write(connection);
  }

  async finish(): Promise<void> {
    while (this.#open.length > 0) await this.#end(this.#open[0]!);
  }

  async #connect(): Promise<void> {
    const { driver, ready } = this.#stage;
    const server = SERVERS[this.#below(SERVERS.length)]!;
    const client = server === 'local' ? net.connect(ready.local) : net.connect(ready[server], '127.0.0.1');
    client.setNoDelay(true);
    client.on('error', () => undefined).resume();
    const { id, fd } = await driver.expect(`a connection to ${server}`, ({ event }) => event === 'open');
    this.#open.push({ id: id!, fd: fd!, server, client });
    this.expected.seen.add(`server ${server}`);
  }

  async #write(connection: Connection): Promise<void> {
    const bytes = connection.server === 'http' ? this.#requests() : this.#stage.texts.next();
    const notBeforeNs = process.hrtime.bigint();
    connection.client.write(bytes);
    const keyword = firstKeyword(this.#stage.keywords, bytes);
    if (keyword !== null && this.#stage.blocks) {
      await this.#refused(connection);
      this.#count(connection, bytes, notBeforeNs);
      return;
    }
    if (connection.server === 'http') {
      await this.#served(bytes);
      this.#count(connection, bytes, notBeforeNs);
      return;
    }
    for (const chunk of await this.#delivered(connection, bytes)) this.#count(connection, chunk, notBeforeNs);
  }

  /** One request or two in one write; their bodies may be any bytes. */
  #requests(): Buffer {
    const one = () => {
      const body = this.#stage.texts.next();
      const head = `POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
      return Buffer.concat([Buffer.from(head, 'latin1'), body]);
    };
    if (this.#below(4) > 0) return one();
    this.expected.seen.add('two requests at once');
    return Buffer.concat([one(), one()].map((request) => request.subarray(0, 3200)).map(withLength));
  }

  /** @returns the chunks, as the program saw them, which must be what was sent */
  async #delivered({ id }: Connection, sent: Buffer): Promise<Buffer[]> {
    const chunks: Buffer[] = [];
    for (let got = 0; got < sent.length; ) {
      const event = await this.#stage.driver.expect('a chunk', (e) => e.id === id && e.event === 'chunk');
      const chunk = Buffer.from(event.bytes ?? '', 'latin1');
      if (!chunk.equals(sent.subarray(got, got + chunk.length))) this.expected.wrong.push('other bytes than were sent');
      chunks.push(chunk);
      got += chunk.length;
    }
    return chunks;
  }

  async #served(bytes: Buffer): Promise<void> {
    for (const body of bodiesOf(bytes)) {
      const { body: got } = await this.#stage.driver.expect('a request', ({ event }) => event === 'request');
      if (got !== body.toString('latin1')) this.expected.wrong.push('another body than was sent');
    }
  }

  /** The program is told that the read failed, as asked, and gets nothing of it. */
  async #refused(connection: Connection): Promise<void> {
    const { driver, code } = this.#stage;
    const isOurs = ({ event, id }: DriverEvent) =>
      event === 'clientError' || (event === 'error' && id === connection.id);
    const failed = await driver.expect('an error', isOurs);
    if (failed.code !== code) this.expected.wrong.push(`blocked with ${failed.code}`);
    if (failed.event === 'error' && failed.syscall !== 'read') this.expected.wrong.push('no failed read');
    await this.#closed(connection);
    this.expected.seen.add(`blocked ${connection.server}`);
  }

  #count({ fd }: Connection, bytes: Buffer, notBeforeNs: bigint): void {
    const keyword = firstKeyword(this.#stage.keywords, bytes);
    this.expected.chunks.push({ fd, bytes: bytes.length, keyword, notBeforeNs, notAfterNs: process.hrtime.bigint() });
  }

  /** Chunks that wait in the program until it goes on; what it may not see would come at no known time, so there is none under block. */
  async #paused(connection: Connection): Promise<void> {
    if (connection.server === 'http') return;
    const { driver, blocks, texts, random } = this.#stage;
    driver.order('pause', { id: connection.id });
    await driver.expect('the pause', ({ event }) => event === 'paused');
    const notBeforeNs = process.hrtime.bigint();
    const parts = Array.from({ length: 3 }, () => (blocks ? Buffer.alloc(1 + this.#below(500), '~') : texts.next()));
    for (const part of parts) {
      connection.client.write(part);
      await after(random.uniform() * 3);
    }
    driver.order('resume', { id: connection.id });
    for (const chunk of await this.#delivered(connection, Buffer.concat(parts)))
      this.#count(connection, chunk, notBeforeNs);
    this.expected.seen.add('paused');
  }

  async #end(connection: Connection): Promise<void> {
    connection.client.end('');
    if (connection.server !== 'http')
      await this.#stage.driver.expect('the end', ({ event, id }) => event === 'end' && id === connection.id);
    await this.#closed(connection);
    this.expected.eofs += 1;
    this.expected.seen.add('end of stream');
  }

  async #reset(connection: Connection): Promise<void> {
    if (connection.server === 'local') return;
    connection.client.resetAndDestroy();
    const { driver } = this.#stage;
    await driver.expect(
      'a reset',
      ({ event, id }) => event === 'clientError' || (event === 'error' && id === connection.id),
    );
    await this.#closed(connection);
    this.expected.errors += 1;
    this.expected.seen.add('reset');
  }

  async #destroy(connection: Connection): Promise<void> {
    this.#stage.driver.order('destroy', { id: connection.id });
    await this.#closed(connection);
    this.expected.seen.add('destroyed');
  }

  /** Keywords that come another way: over a connection that the program made, from a file. */
  async #decoy(): Promise<void> {
    const { driver, decoyPort, keywordFile } = this.#stage;
    driver.order('connect', { port: decoyPort });
    await driver.expect('the end of what it fetched', ({ event }) => event === 'decoy');
    driver.order('file', { path: keywordFile });
    await driver.expect('the end of the file', ({ event }) => event === 'decoy');
    this.expected.seen.add('decoys');
  }

  async #closed(connection: Connection): Promise<void> {
    const { id, client } = connection;
    await this.#stage.driver.expect('the end of a connection', (e) => e.event === 'close' && e.id === id);
    this.#open = this.#open.filter((one) => one !== connection);
    if (!client.closed) await once(client, 'close');
  }

  #below(n: number): number {
    return Math.floor(this.#stage.random.uniform() * n);
  }
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** a request whose body was made shorter */
function withLength(request: Buffer): Buffer {
  const body = request.subarray(request.indexOf(HEAD_END) + 4);
  return Buffer.concat([Buffer.from(`POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
}

function bodiesOf(requests: Buffer): Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at < requests.length; ) {
    const from = requests.indexOf(HEAD_END, at) + 4;
    const [, length] = /Content-Length: (\d+)/.exec(requests.toString('latin1', at, from)) ?? [];
    bodies.push(requests.subarray(from, from + Number(length)));
    at = from + Number(length);
  }
  return bodies;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
