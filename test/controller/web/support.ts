/** A real controller with its page, real agents, and a browser that notes what it complains about and what it asks for. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Daemon, startDaemon } from '../../../controller/cli/process.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
export const TOKEN = 'a-token-for-the-tests-of-the-page';
/** where set, pictures are kept for people to look at */
const PICTURES = process.env.HOOKBENCH_SCREENSHOTS;

export interface Controller {
  readonly daemon: Daemon;
  readonly url: string;
  /** the newest link that lets a browser in */
  link(): Promise<string>;
}

export class WebBench {
  readonly dir = mkdtempSync(join(tmpdir(), 'hookbench-web-'));
  readonly results = join(this.dir, 'results');
  readonly #tokenFile = join(this.dir, 'token');
  readonly #daemons: Daemon[] = [];
  #port = '';
  #browser: Promise<Browser> | null = null;

  constructor() {
    mkdirSync(this.results);
    writeFileSync(this.#tokenFile, TOKEN, { mode: 0o600 });
  }

  async controller(extra: readonly string[]): Promise<Controller> {
    const words = ['--listen', '127.0.0.1:0', '--token-file', this.#tokenFile, '--results', this.results];
    const daemon = startDaemon('controller', [...words, '--web', '127.0.0.1:0', ...extra]);
    this.#daemons.push(daemon);
    const found = await daemon.firstLine(/^HOOKBENCH_WEB url=(\S+)\nHOOKBENCH_CONTROLLER port=(\d+)$/m);
    if (found === null) throw new Error(`no controller: ${daemon.lastLines()}`);
    this.#port = found[2] ?? '';
    const url = found[1] ?? '';
    return { daemon, url, link: () => newestLink(daemon) };
  }

  /** an agent of the newest controller */
  agent(id: string): Daemon {
    const words = ['--controller', `127.0.0.1:${this.#port}`, '--token-file', this.#tokenFile, '--id', id];
    const daemon = startDaemon('agent', words);
    this.#daemons.push(daemon);
    return daemon;
  }

  /** a browser of its own: no cookie of another */
  async visitor(o: { width: number; colorScheme?: 'light' | 'dark' }): Promise<Visitor> {
    this.#browser ??= chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    const { width, colorScheme = 'light' } = o;
    const context = await (await this.#browser).newContext({ viewport: { width, height: 900 }, colorScheme });
    return new Visitor(context, await context.newPage());
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close();
    for (const daemon of this.#daemons.reverse()) await daemon.stop(20_000);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[] = [];
  readonly requests: string[] = [];

  constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.on('console', (message) => this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => this.requests.push(request.url()));
  }

  async enter(link: string): Promise<void> {
    await this.page.goto(link);
    await this.page.waitForURL((url) => url.pathname === '/');
  }

  async picture(name: string): Promise<void> {
    if (PICTURES === undefined) return;
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  }

  /** hosts that were asked for anything */
  hosts(): string[] {
    return [...new Set(this.requests.map((url) => new URL(url).host))];
  }
}

async function newestLink(daemon: Daemon): Promise<string> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const found = [...daemon.lastLines().matchAll(/page: (http\S+) lets one browser in/g)].at(-1)?.[1];
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no link: ${daemon.lastLines()}`);
}
