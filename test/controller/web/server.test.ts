// Who is let in, and what is given to whom.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { asBenchError, type RunStudyRequest } from '#proto';
import { compareStudies } from '../../../controller/compare/index.ts';
import { renderHtml, renderJson } from '../../../controller/report/index.ts';
import { openWeb, type WebOptions, type WebServer } from '../../../controller/web/server.ts';
import { Sessions } from '../../../controller/web/sessions.ts';
import { forked } from '../../helpers/pairs.ts';
import { metaOf } from '../../helpers/stored-study.ts';
import { Bench } from '../security/support.ts';
import { ask, cookieOf } from './client.ts';

const test = suite("the page's server");
const TOKEN = 'a-token-that-only-we-know';
const dir = mkdtempSync(join(tmpdir(), 'hookbench-web-'));
const results = forked('study-a');
const other = forked('study-b', 400);
const study = join(dir, results.study.id);
/** beside the served folder, not in it */
const outside = mkdtempSync(join(tmpdir(), 'hookbench-web-outside-'));
const open: WebServer[] = [];

test.before(() => {
  for (const one of [results, other]) {
    const folder = join(dir, one.study.id);
    mkdirSync(folder);
    const { startedAt } = one.study;
    writeFileSync(join(folder, 'study.json'), JSON.stringify(metaOf(one.study.id, { startedAt, status: 'complete' })));
    writeFileSync(join(folder, 'results.json'), renderJson(one));
  }
  writeFileSync(join(study, 'report.html'), renderHtml({ results, figures: [] }));
  mkdirSync(join(dir, 'no-study'));
  writeFileSync(join(outside, 'report.html'), 'not to be served');
  writeFileSync(join(outside, 'study.json'), JSON.stringify(metaOf('elsewhere')));
  symlinkSync(outside, join(dir, 'elsewhere'));
});
test.after(() => {
  for (const web of open) web.close();
  for (const folder of [dir, outside]) rmSync(folder, { recursive: true, force: true });
});

async function start(over: Partial<WebOptions> = {}): Promise<{ web: WebServer; links: string[]; log: string[] }> {
  const links: string[] = [];
  const log: string[] = [];
  const web = await openWeb({
    ...{
      listen: '127.0.0.1:0',
      option: '--web',
      resultsDir: dir,
      token: TOKEN,
      folder: null,
      live: null,
      control: null,
    },
    log: (line) => log.push(line),
    onLink: (url) => links.push(url),
    ...over,
  });
  open.push(web);
  return { web, links, log };
}

async function letIn({ web, links }: { web: WebServer; links: string[] }) {
  const cookie = cookieOf(await ask(links.at(-1) ?? ''));
  const { text } = await ask(`${web.url}/api/me`, { headers: { cookie } });
  return { cookie, page: (JSON.parse(text) as { page: string }).page };
}

test('a link lets one browser in and is followed by another; its cookie is out of reach of scripts and other sites', async () => {
  const server = await start();
  const [link = ''] = server.links;
  const said = await ask(link);
  assert.is(said.status, 200);
  assert.match(String(said.headers['set-cookie']), /^hookbench-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  assert.is((await ask(link)).status, 401, 'used');
  assert.is(server.links.length, 2);
  assert.is.not(server.links[1], link);
  assert.is((await ask(`${server.web.url}/`, { headers: { cookie: cookieOf(said) } })).status, 200);
});

test('a link ends after ten minutes; another is made when it is asked for', async () => {
  let nowMs = 0;
  const sessions = new Sessions('', () => nowMs);
  const [link] = [sessions.link];
  nowMs = 10 * 60_000;
  assert.is(sessions.enter(link), null, 'too late');
  sessions.renewLink();
  assert.is(sessions.enter(link), null);
  nowMs += 10 * 60_000 - 1;
  assert.ok(sessions.enter(sessions.link));
  const { web, links } = await start();
  web.renewLink();
  assert.is(links.length, 2);
  const [old = '', fresh = ''] = links;
  assert.equal([(await ask(old)).status, (await ask(fresh)).status], [401, 200]);
});

test('without a cookie, with a wrong one or a wrong token there is nothing to see', async () => {
  const { web } = await start();
  const cookies = ['', `hookbench-${web.port}=x`, `hookbench-1=${'a'.repeat(43)}`];
  for (const path of [
    '/',
    '/studies',
    '/api/me',
    '/api/studies',
    '/api/live',
    `/studies/${results.study.id}/report.html`,
  ]) {
    for (const cookie of cookies) assert.is((await ask(web.url + path, { headers: { cookie } })).status, 401, path);
  }
  assert.is((await ask(`${web.url}/enter?key=wrong`)).status, 401);
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: web.url };
  const enter = (body: string, headers = form) => ask(`${web.url}/enter`, { method: 'POST', headers, body });
  assert.is((await enter('token=wrong-token-wrong-token')).status, 401);
  assert.is((await enter(`token=${TOKEN}`, { ...form, origin: 'http://evil.example' })).status, 403);
  assert.is((await enter(`token=${TOKEN}`)).status, 200);
  assert.is((await ask(`${web.url}/api/start`, { method: 'POST' })).status, 401);
});

test('a page of another name that points here gets nothing, whatever it shows', async () => {
  const server = await start();
  const { cookie } = await letIn(server);
  const { port } = server.web;
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1:1', `127.0.0.1.evil.example:${port}`]) {
    assert.is((await ask(`${server.web.url}/api/me`, { headers: { cookie, host } })).status, 421, host);
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`]) {
    assert.is((await ask(`${server.web.url}/api/me`, { headers: { cookie, host } })).status, 200, host);
  }
});

test('every answer has the protective headers, refusals too', async () => {
  const server = await start();
  const { cookie } = await letIn(server);
  for (const path of ['/', '/studies', '/compare', '/page.js', '/page.css', '/api/me', '/nothing', '/api/nothing']) {
    const { headers } = await ask(server.web.url + path, { headers: { cookie } });
    assert.is(headers['x-content-type-options'], 'nosniff', path);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.not.match(policy, /unsafe|\*|https?:/);
  }
});

test('only the page itself changes something, and only where it may', async () => {
  const asked: RunStudyRequest[] = [];
  let stopped = 0;
  const control = {
    busy: false,
    run: (request: RunStudyRequest) => {
      asked.push(request);
      control.busy = true;
      return Promise.resolve();
    },
    cancelRunning: () => {
      stopped += 1;
    },
  };
  const server = await start({ control });
  const { cookie, page } = await letIn(server);
  const good = { cookie, 'x-hookbench-page': page, origin: server.web.url, 'content-type': 'application/json' };
  const start_ = (headers: Record<string, string>, body = '{"suts":["read-loop"],"forks":2}') =>
    ask(`${server.web.url}/api/start`, { method: 'POST', headers, body });
  const { origin: _, ...noOrigin } = good;
  const strangers: Record<string, string>[] = [
    { ...good, origin: 'http://evil.example' },
    { ...good, origin: 'null' },
    noOrigin,
    { ...good, 'x-hookbench-page': 'guess' },
    { ...good, 'sec-fetch-site': 'cross-site' },
    { ...good, 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of strangers) assert.is((await start_(headers)).status, 403, JSON.stringify(headers));
  assert.is((await start_({ ...good, 'content-type': 'text/plain' })).status, 415);
  assert.is((await start_(good, 'x'.repeat(20_000))).status, 413);
  for (const body of ['{', '{"forks":0}', '{"outDir":"/etc"}', '{"suts":["a\\u0007"]}', '[]'])
    assert.is((await start_(good, body)).status, 400, body);
  assert.is((await ask(`${server.web.url}/api/start`, { headers: good })).status, 405, 'not by GET');
  assert.is(asked.length, 0);
  assert.is((await start_(good)).status, 202);
  assert.equal([asked[0]?.suts, asked[0]?.forks, asked[0]?.outDir], [['read-loop'], 2, dir]);
  assert.is(asked[0]?.command, 'hookbench run --sut read-loop --forks 2');
  assert.is((await start_(good)).status, 202, 'waits');
  assert.is(asked.length, 1);
  assert.is((await ask(`${server.web.url}/api/stop`, { method: 'POST', headers: good })).status, 202);
  assert.is(stopped, 1);
  const readOnly = await start();
  const other = await letIn(readOnly);
  const headers = { ...good, cookie: other.cookie, 'x-hookbench-page': other.page, origin: readOnly.web.url };
  const said = await ask(`${readOnly.web.url}/api/stop`, { method: 'POST', headers });
  assert.is(said.status, 403);
  assert.match(said.text, /--web-control/);
});

test('studies are those of the folder, by their own names; a report runs with no origin', async () => {
  const server = await start();
  const { cookie } = await letIn(server);
  const get = (path: string) => ask(server.web.url + path, { headers: { cookie } });
  const listed = JSON.parse((await get('/api/studies')).text) as Record<string, unknown>[];
  assert.equal(
    listed.map(({ id, state, hasReport, dir }) => [id, state, hasReport, dir]),
    [
      ['study-b', 'complete', false, undefined],
      ['study-a', 'complete', true, undefined],
    ],
  );
  assert.is(listed[0]?.aaPassed, other.aa.passed);
  for (const id of ['..', '%2e%2e', '..%2f..%2fetc', 'elsewhere', '.', 'gone'])
    assert.is((await get(`/studies/${id}/report.html`)).status, 404, id);
  const report = await get(`/studies/${results.study.id}/report.html`);
  assert.is(report.status, 200);
  const policy = String(report.headers['content-security-policy']);
  assert.match(policy, /^sandbox allow-scripts/);
  assert.not.match(policy, /unsafe|allow-same-origin|connect-src/);
  assert.match(policy, /style-src 'sha256-/);
  assert.equal(JSON.parse((await get(`/studies/${results.study.id}/results.json`)).text).study.id, results.study.id);
  assert.is((await get(`/api/compare?a=${results.study.id}&b=gone`)).status, 404);
  const same = await get('/api/compare?a=study-a&b=study-a');
  assert.equal([same.status, /not independent of itself/.test(same.text)], [400, true]);
  const both = JSON.parse((await get('/api/compare?a=study-a&b=study-b')).text);
  assert.equal(both.comparison, JSON.parse(JSON.stringify(compareStudies(results, other))));
});

test('anything but loopback needs certificates, and a taken port is told', async () => {
  const failure = await start({ listen: '0.0.0.0:0' }).catch(asBenchError);
  assert.match((failure as Error).message, /--web 0\.0\.0\.0:0 is open to others/);
  const { web } = await start();
  const taken = await start({ listen: `127.0.0.1:${web.port}` }).catch(asBenchError);
  assert.match((taken as Error).message, /can't listen on/);
});

test('with certificates only one of role cli sees something, by a name of the certificate', async () => {
  const bench = new Bench();
  try {
    await bench.certificates();
    await bench.issue('stranger', 'cli', 'mallory', { ca: 'other-ca' });
    const { web, links } = await start({ folder: bench.folder('controller', 'controller'), token: '' });
    assert.equal(links, []);
    const as = (name: string, headers = {}, url = `${web.url}/api/me`) =>
      ask(url, { headers, tls: { dir: name === '' ? '' : bench.path(name), ca: bench.path('controller') } });
    assert.is((await as('cli')).status, 200);
    assert.is((await as('cli', { host: 'evil.example' })).status, 421);
    for (const [name, words] of [
      ['agent', /role cli/],
      ['controller', /controller/],
      ['stranger', /CA that is not trusted/],
      ['', /no certificate/],
    ] as const) {
      const said = await as(name);
      assert.is(said.status, 403, name);
      assert.match(said.text, words);
    }
  } finally {
    bench.close();
  }
});

test.run();
