/** The live page's server: who may look, then what there is to see. Read-only unless it is given something to change. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TlsFolder } from '#proto';
import type { Live } from '../live/live.ts';
import { readBody } from './body.ts';
import { Feed } from './feed.ts';
import { Gate } from './gate.ts';
import { openListener } from './listener.ts';
import { type PageFiles, pageFiles } from './page-bundle.ts';
import { Refusal, refusedBy } from './refuse.ts';
import { respond, respondJson } from './respond.ts';
import { answer, type Pages } from './routes.ts';
import { LINK_MINUTES, Sessions } from './sessions.ts';
import { enteredPage, entryPage, ICON } from './shell.ts';
import { Studies } from './studies.ts';
import { StudyQueue, type StudyRunner } from './study-queue.ts';

const WRONG_TOKEN_MS = 300;
const NEW_LINK = `open the newest link that hookbench printed, within ${LINK_MINUTES} minutes; signal USR2 makes it print another`;

export interface WebOptions {
  readonly listen: string;
  /** name of the option that gave the address, for messages */
  readonly option: string;
  /** folder of study folders */
  readonly resultsDir: string;
  /** lets in besides the links, on loopback; '' for none */
  readonly token: string;
  /** null on loopback */
  readonly folder: TlsFolder | null;
  /** null to show stored studies only */
  readonly live: Live | null;
  /** what studies are started and stopped with; null for a page that only shows */
  readonly control: StudyRunner | null;
  readonly log: (line: string) => void;
  /** a link that lets one browser in; a used one is followed by another */
  readonly onLink: (url: string) => void;
}

export interface WebServer {
  readonly port: number;
  /** without what lets in */
  readonly url: string;
  /** Hands out a fresh link; the one before is good no more. With certificates there are none. */
  renewLink(): void;
  close(): void;
}

/** @throws BenchError usage, port-taken */
export async function openWeb(o: WebOptions): Promise<WebServer> {
  const files = await pageFiles();
  const sessions = o.folder === null ? new Sessions(o.token) : null;
  const gate = new Gate({ sessions, folder: o.folder });
  const queue = o.control === null ? null : new StudyQueue(o.control);
  if (queue !== null) o.live?.showQueue(queue);
  const feed = o.live === null ? null : new Feed(o.live);
  if (o.live !== null && feed !== null) o.live.onUrgent = () => feed.now();
  const pages = { gate, feed, queue, studies: new Studies(o.resultsDir), resultsDir: o.resultsDir };
  const door = { files, sessions, pages, url: '', log: o.log, onLink: o.onLink };
  const handle = (request: IncomingMessage, response: ServerResponse) => void serve(door, request, response);
  const listener = await openListener(o.listen, { folder: o.folder, option: o.option, handle });
  gate.port = listener.port;
  const host = o.listen.replace(/:\d+$/, '');
  door.url = `${o.folder === null ? 'http' : 'https'}://${host}:${listener.port}`;
  if (sessions !== null) o.onLink(linkOf(door.url, sessions));
  return {
    port: listener.port,
    url: door.url,
    renewLink() {
      sessions?.renewLink();
      if (sessions !== null) o.onLink(linkOf(door.url, sessions));
    },
    close() {
      feed?.close();
      queue?.close();
      listener.close();
    },
  };
}

interface Door {
  readonly files: PageFiles;
  readonly sessions: Sessions | null;
  readonly pages: Pages;
  url: string;
  readonly log: (line: string) => void;
  readonly onLink: (url: string) => void;
}

async function serve(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => undefined);
  try {
    const url = new URL(request.url ?? '/', 'http://page');
    door.pages.gate.checkHost(request);
    if (await answerStranger(door, { request, response, url })) return;
    const visitor = door.pages.gate.checkVisitor(request);
    await answer(door.pages, { request, response, url, visitor });
  } catch (error) {
    refuse(door, error, { request, response });
  }
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/** What needs no one to be let in: the style and script, which hold no secret, and the way in. @returns whether it was that */
async function answerStranger(door: Door, { request, response, url }: Call): Promise<boolean> {
  const { files, sessions } = door;
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (isReading && url.pathname === '/page.js') respond(response, { type: 'js', body: files.js });
  else if (isReading && url.pathname === '/page.css') respond(response, { type: 'css', body: files.css });
  else if (isReading && url.pathname === '/icon.svg') respond(response, { type: 'svg', body: ICON });
  else if (url.pathname === '/enter' && sessions !== null) await enter(door, sessions, { request, response, url });
  else return false;
  return true;
}

async function enter(door: Door, sessions: Sessions, { request, response, url }: Call): Promise<void> {
  let shown = url.searchParams.get('key') ?? '';
  if (request.method === 'POST') {
    if (request.headers.origin !== `http://${request.headers.host}`) throw new Refusal(403, 'open this page itself');
    shown = new URLSearchParams(await readBody(request, 'application/x-www-form-urlencoded')).get('token') ?? '';
  } else if (request.method !== 'GET') throw new Refusal(405, 'this takes a link or a token');
  const link = sessions.link;
  const cookie = sessions.enter(shown);
  if (cookie === null) {
    await new Promise((resolve) => setTimeout(resolve, WRONG_TOKEN_MS));
    throw new Refusal(401, 'this link or token is not good (any more)', NEW_LINK);
  }
  if (link !== sessions.link) door.onLink(linkOf(door.url, sessions));
  const setCookie = `${door.pages.gate.cookieName}=${cookie}; HttpOnly; SameSite=Strict; Path=/`;
  respond(response, { type: 'html', body: enteredPage(), headers: { 'set-cookie': setCookie } });
}

function linkOf(url: string, sessions: Sessions): string {
  return `${url}/enter?key=${sessions.link}`;
}

function refuse(door: Door, error: unknown, { request, response }: Omit<Call, 'url'>): void {
  const refused = refusedBy(error, door.log);
  // what is still to come is not read
  response.setHeader('connection', 'close');
  const { status } = refused;
  if (request.url?.startsWith('/api/')) {
    respondJson(response, { message: refused.message, nextStep: refused.nextStep }, status);
    return;
  }
  const asksToken = status === 401 && door.sessions !== null;
  respond(response, { status, type: 'html', body: entryPage({ ...refused, asksToken }) });
}
