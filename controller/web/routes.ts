/** What each address answers. Everything in here has passed the gate. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { VERSION } from '#proto';
import { readJson } from './body.ts';
import type { Feed } from './feed.ts';
import type { Gate } from './gate.ts';
import { Refusal } from './refuse.ts';
import { reportAnswer } from './report-file.ts';
import { respond, respondJson } from './respond.ts';
import { shell, type View } from './shell.ts';
import { sideBySide } from './side-by-side.ts';
import type { Studies } from './studies.ts';
import { studyRequest } from './study-form.ts';
import type { StudyQueue } from './study-queue.ts';

export interface Pages {
  readonly gate: Gate;
  readonly studies: Studies;
  /** null where only stored studies are shown */
  readonly feed: Feed | null;
  /** null where nothing can be started or stopped from here */
  readonly queue: StudyQueue | null;
  readonly resultsDir: string;
}

export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly visitor: string;
}

/** @throws Refusal 404, 405 and what the pages refuse */
export async function answer(pages: Pages, visit: Visit): Promise<void> {
  const { request, url } = visit;
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  const reader = isReading ? READERS[url.pathname] : undefined;
  if (reader !== undefined) return reader(pages, visit);
  const [, id, file] = /^\/studies\/([^/]+)\/(report\.html|results\.json)$/.exec(url.pathname) ?? [];
  if (isReading && id !== undefined)
    return file === 'report.html' ? report(pages, visit, id) : results(pages, visit, id);
  const changer = CHANGERS[url.pathname];
  if (changer === undefined) throw new Refusal(404, 'there is nothing here');
  if (request.method !== 'POST') throw new Refusal(405, 'this takes a POST');
  pages.gate.checkOwnPage(request, visit.visitor);
  if (pages.queue === null)
    throw new Refusal(403, 'this page only shows', 'start the controller with --web-control to change something here');
  await changer(pages, pages.queue, visit);
}

type Reader = (pages: Pages, visit: Visit) => void | Promise<void>;

const READERS: Readonly<Record<string, Reader>> = {
  '/': (pages, visit) => page(pages, visit, pages.feed === null ? 'studies' : 'live'),
  '/studies': (pages, visit) => page(pages, visit, 'studies'),
  '/compare': (pages, visit) => page(pages, visit, 'compare'),
  '/api/me': ({ gate, feed, queue }, { response, visitor }) =>
    respondJson(response, {
      version: VERSION,
      live: feed !== null,
      control: queue !== null,
      page: gate.pageToken(visitor),
    }),
  '/api/live': ({ feed }, { response }) => {
    if (feed === null) throw new Refusal(404, 'this page shows stored studies only');
    feed.join(response);
  },
  '/api/studies': ({ studies }, { response }) => respondJson(response, studies.list()),
  '/api/compare': compare,
};

type Changer = (pages: Pages, queue: StudyQueue, visit: Visit) => Promise<void>;

const CHANGERS: Readonly<Record<string, Changer>> = {
  '/api/start': async ({ resultsDir }, queue, { request, response }) =>
    respondJson(response, { ticket: queue.add(studyRequest(await readJson(request), resultsDir)) }, 202),
  '/api/stop': async (_, queue, { response }) => {
    queue.stop();
    respondJson(response, {}, 202);
  },
  '/api/unqueue': async (_, queue, { request, response }) => {
    const { ticket } = (await readJson(request)) as { ticket?: unknown };
    queue.remove(String(ticket));
    respondJson(response, {});
  },
};

function page({ feed }: Pages, { response }: Visit, view: View): void {
  respond(response, { type: 'html', body: shell(view, { live: feed !== null }) });
}

function compare({ studies }: Pages, { response, url }: Visit): void {
  const [a, b] = ['a', 'b'].map((name) => studies.results(url.searchParams.get(name) ?? ''));
  if (a === undefined || b === undefined) throw new Refusal(400, 'name two studies');
  respondJson(response, sideBySide(a, b));
}

async function report({ studies }: Pages, { response }: Visit, id: string): Promise<void> {
  respond(response, await reportAnswer(studies.folder(id)));
}

function results({ studies }: Pages, { response }: Visit, id: string): void {
  respondJson(response, studies.results(id));
}
