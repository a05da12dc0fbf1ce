/** A real controller door with certificates made by the product, and clients that dial it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelCredentials, Client, Server, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { AGENT_STREAM, CHANNEL_OPTIONS, CONTROL, channelCredentials, type Hello, type Role, TlsFolder } from '#proto';
import { Agents } from '../../../controller/ingest/agents.ts';
import { ControlService } from '../../../controller/ingest/control.ts';
import { initAuthority, issueInto } from '../../../controller/security/authority-folder.ts';
import { openDoor } from '../../../controller/security/door.ts';
import { hello } from '../../helpers/plan.ts';

export class Bench {
  readonly dir = mkdtempSync(join(tmpdir(), 'hookbench-door-'));
  readonly log: string[] = [];
  readonly agentsLog: string[] = [];
  readonly #closers: (() => void)[] = [() => rmSync(this.dir, { recursive: true, force: true })];
  port = 0;
  agents = new Agents({ token: '', certificates: true, log: (line) => this.log.push(line) });

  path(name: string): string {
    return join(this.dir, name);
  }

  async certificates(): Promise<void> {
    for (const ca of ['ca', 'other-ca']) await initAuthority(this.path(ca), { days: 10, name: ca });
    await this.issue('controller', 'controller', '', { hosts: ['localhost', '127.0.0.1'] });
    await this.issue('agent', 'agent', 'node-1');
    await this.issue('cli', 'cli', 'alice');
  }

  issue(out: string, role: Role, name: string, o: { ca?: string; hosts?: string[]; days?: number } = {}) {
    const options = { ca: this.path(o.ca ?? 'ca'), identity: { role, name }, hosts: o.hosts ?? [], days: o.days ?? 5 };
    return issueInto(this.path(out), options);
  }

  async start(certificates = 'controller'): Promise<void> {
    const folder = this.folder(certificates, 'controller');
    const server = new Server(CHANNEL_OPTIONS);
    const control = new ControlService({
      token: '',
      certificates: true,
      agents: this.agents,
      start: async () => undefined,
    });
    server.addService(AGENT_STREAM, { connect: this.agents.connect } as UntypedServiceImplementation);
    const { listAgents, runStudy, cancelStudy } = control;
    server.addService(CONTROL, { listAgents, runStudy, cancelStudy } as UntypedServiceImplementation);
    const door = await openDoor(server, { host: '127.0.0.1', port: 0, folder, log: (line) => this.log.push(line) });
    this.port = door.port;
    this.#closers.push(() => {
      door.close();
      server.forceShutdown();
    });
  }

  folder(name: string, role: Role): TlsFolder {
    const log = (line: string) => this.log.push(line);
    const folder = new TlsFolder({ dir: this.path(name), role, log, lookEveryMs: 20 });
    this.#closers.push(() => folder.close());
    return folder;
  }

  credentials(name: string, role: Role): Promise<ChannelCredentials> {
    return channelCredentials(`127.0.0.1:${this.port}`, this.folder(name, role));
  }

  client(credentials: ChannelCredentials, host = '127.0.0.1'): Client {
    const client = new Client(`${host}:${this.port}`, credentials, { 'grpc.enable_retries': 0 });
    this.#closers.push(() => client.close());
    return client;
  }

  close(): void {
    for (const close of this.#closers.reverse()) close();
  }
}

/** @returns 'ok', or the status code and the words of the refusal */
export function list(client: Client): Promise<string> {
  const { path, requestSerialize, responseDeserialize } = CONTROL.listAgents;
  const deadline = Date.now() + 5_000;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { token: '' }, { deadline }, (error) =>
      resolve(error === null ? 'ok' : `${error.code} ${error.details}`),
    );
  });
}

/** says hello. @returns 'welcome', or the status code and the words of the refusal */
export function greet(client: Client, over: Partial<Hello> = {}): Promise<string> {
  const { path, requestSerialize, responseDeserialize } = AGENT_STREAM.connect;
  return new Promise((resolve) => {
    const deadline = Date.now() + 5_000;
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, { deadline });
    stream.on('data', (message: { body: string }) => {
      resolve(message.body);
      stream.cancel();
    });
    stream.on('error', (error: Error & { code?: number; details?: string }) =>
      resolve(`${error.code} ${error.details}`),
    );
    stream.write({ body: 'hello', hello: hello(over) });
  });
}
