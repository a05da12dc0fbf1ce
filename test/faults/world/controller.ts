/** A real controller daemon, at the same address after every restart, and studies asked of it as the command line asks. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { channelCredentials, type StudyEnded, TlsFolder } from '#proto';
import { ControlClient } from '../../../controller/cli/client.ts';
import { request } from '../../helpers/plan.ts';
import { type Started, type StartOptions, startDaemon, until } from './process.ts';
import type { World } from './undo.ts';

export interface RunningStudy {
  readonly studyId: string;
  readonly dir: string;
  readonly notices: readonly string[];
  /** how it ended; null when the controller went away */
  readonly ended: Promise<StudyEnded | null>;
}

export interface ControllerOptions extends StartOptions {
  /** of its own */
  readonly dir: string;
  /** where studies are stored */
  readonly results: string;
  /** folders with the certificates of the controller and of its user; a token on loopback without */
  readonly tls?: { readonly controller: string; readonly cli: string; readonly host: string };
}

export class Controller {
  readonly #world: World;
  readonly #o: ControllerOptions;
  readonly tokenFile: string;
  readonly token = randomBytes(16).toString('hex');
  process: Started | null = null;
  port = 0;
  #client: ControlClient | null = null;

  constructor(world: World, o: ControllerOptions) {
    this.#world = world;
    this.#o = o;
    this.tokenFile = join(o.dir, 'token');
    mkdirSync(o.dir, { recursive: true });
    writeFileSync(this.tokenFile, this.token, { mode: 0o600 });
    world.later('the client of a controller', () => this.#client?.close());
  }

  async start(): Promise<void> {
    const { wrap, env } = this.#o;
    const started = startDaemon(this.#world, 'controller', {
      ...(wrap && { wrap }),
      ...(env && { env }),
      args: [...this.#listening(), '--end-with-stdin'],
    });
    this.process = started;
    let port = 0;
    started.onLine((line) => {
      port = Number(/HOOKBENCH_CONTROLLER port=(\d+)/.exec(line)?.[1] ?? port);
    });
    this.port = await until('the controller listens', () => port > 0 && port, { process: started });
    this.#client?.close();
    this.#client = await this.#dialled();
  }

  /** as agents dial it */
  get address(): string {
    return `${this.#o.tls?.host ?? '127.0.0.1'}:${this.port}`;
  }

  #listening(): string[] {
    const { tls, results } = this.#o;
    const secret = tls === undefined ? ['--token-file', this.tokenFile] : ['--tls-dir', tls.controller];
    return ['--listen', this.address, ...secret, '--results', results];
  }

  async #dialled(): Promise<ControlClient> {
    const { tls } = this.#o;
    if (tls === undefined) return new ControlClient(this.address, this.token);
    const folder = new TlsFolder({ dir: tls.cli, role: 'cli', log: () => undefined });
    this.#world.later('the certificates of a user', () => folder.close());
    return new ControlClient(this.address, '', await channelCredentials(this.address, folder));
  }

  async kill(): Promise<void> {
    this.process?.kill('SIGKILL');
    await this.process?.exited;
  }

  async stop(): Promise<void> {
    await this.process?.stop(20_000);
  }

  get client(): ControlClient {
    if (this.#client === null) throw new Error('the controller was not started');
    return this.#client;
  }

  /** Waits for these agents. @param agents the name of each, and the run where an older one of that name may still be there */
  async connected(agents: readonly { readonly agentId: string; readonly runId?: string }[]): Promise<void> {
    const deadline = performance.now() + 60_000;
    for (;;) {
      const here = await this.client.listAgents().catch(() => []);
      const isHere = (agent: (typeof agents)[number]) =>
        here.some(({ agentId, runId }) => agentId === agent.agentId && runId === (agent.runId ?? runId));
      if (agents.every(isHere)) return;
      if (performance.now() > deadline) {
        const missing = agents.filter((agent) => !isHere(agent)).map(({ agentId }) => agentId);
        throw new Error(`agents that did not connect: ${missing.join(', ')}\n${this.process?.stderr()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves when it is planned. */
  async study(over: Parameters<typeof request>[0] = {}): Promise<RunningStudy> {
    const notices: string[] = [];
    let failure: Error | null = null;
    let planned: { studyId: string; dir: string } | null = null;
    const asked = request({
      ...{ suts: ['read-loop'], sutsAsked: true, mechanisms: ['ld-preload'], mechanismsAsked: true },
      ...{ requests: 40, warmup: 0, warmupFixed: true, forks: 1, blocks: 1, seed: 1, seedFixed: true },
      ...{ outDir: this.#o.results, command: 'fault suite' },
      ...over,
    });
    const ended = this.client
      .runStudy(asked, (event) => {
        if (event.body === 'planned') planned = event.planned;
        if (event.body === 'notice') notices.push(`${event.notice.code}: ${event.notice.detail}`);
      })
      .catch((error: Error) => {
        failure = error;
        return null;
      });
    const { studyId, dir } = await until('the study is planned', () => {
      if (failure !== null) throw failure;
      return planned;
    });
    return { studyId, dir, notices, ended };
  }
}
