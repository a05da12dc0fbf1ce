// The live page in real browsers, over a real controller, a real agent and real studies. Pictures are kept where HOOKBENCH_SCREENSHOTS says.
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Daemon } from '../../../controller/cli/process.ts';
import { Live } from '../../../controller/live/live.ts';
import { openWeb } from '../../../controller/web/server.ts';
import type { SideBySide } from '../../../controller/web/side-by-side.ts';
import { needs } from '../../helpers/require.ts';
import { type Controller, TOKEN, type Visitor, WebBench } from './support.ts';

const test = suite('the live page');
const check = needs('chromium') ? test : test.skip;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const bench = new WebBench();
let controller: Controller;
let agent: Daemon;
let firstStudy: string;
let desk: Visitor;
let phone: Visitor;

test.after(() => bench.close());

/** the attribute and the words that a person sees, whatever the wording around them */
const agentState = (visitor: Visitor, word: string) =>
  visitor.page.waitForSelector(`[data-agent=node-1] .badge >> text=${word}`, { timeout: 30_000 });
const status = (visitor: Visitor, word: string) =>
  visitor.page.waitForSelector(`.study .badge >> text=${word}`, { timeout: 60_000 });
const textOf = async (visitor: Visitor, selector: string) =>
  String(await visitor.page.locator(selector).first().textContent());
const studyId = (visitor: Visitor) => textOf(visitor, '#study-title');

/** every status the page has shown, however short */
const NOTE_BADGES = `globalThis.badges = [];
new MutationObserver(() => {
  const word = document.querySelector('.study .badge')?.textContent;
  if (word && word !== globalThis.badges.at(-1)) globalThis.badges.push(word);
}).observe(document, { subtree: true, childList: true, characterData: true });`;

/** the page's own policy lets no waiting function of the browser's side be compiled in it */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function ask(visitor: Visitor, numbers: Readonly<Record<string, number>>): Promise<void> {
  const { page } = visitor;
  await page.check('input[value=own]');
  for (const [name, wanted] of [
    ['suts', 'read-loop'],
    ['mechanisms', 'ld-preload'],
  ] as const) {
    for (const box of await page.locator(`input[name=${name}]`).all())
      await box.setChecked((await box.getAttribute('value')) === wanted);
  }
  for (const [name, value] of Object.entries(numbers)) await page.fill(`input[name=${name}]`, String(value));
  await page.click('#start');
}

async function accessible(visitor: Visitor): Promise<void> {
  // the page's own policy lets no script in: this one comes from the browser's side
  await visitor.page.evaluate((await import('node:fs')).readFileSync(AXE, 'utf8'));
  const found = (await visitor.page.evaluate('axe.run()')) as AxeResults;
  const grave = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.equal(
    grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
  );
}

async function fits(visitor: Visitor): Promise<void> {
  const [scroll, inner] = (await visitor.page.evaluate(
    '[document.documentElement.scrollWidth, innerWidth]',
  )) as number[];
  assert.is(scroll, inner);
}

check('two browsers are let in, one by the link and one by the token; nobody without', async () => {
  [controller, desk, phone] = await Promise.all([
    bench.controller(['--web-control']),
    bench.visitor({ width: 1440 }),
    bench.visitor({ width: 390, colorScheme: 'dark' }),
  ]);
  agent = bench.agent('node-1');
  await desk.page.addInitScript(NOTE_BADGES);
  const link = await controller.link();
  await phone.page.goto(controller.url);
  await phone.picture('not-let-in-390');
  await phone.page.fill('#token', 'wrong-token-wrong-token');
  await phone.page.click('.entry button');
  assert.match(await textOf(phone, 'h1'), /not good/);
  // a browser tells its console of each 401
  assert.is(phone.complaints.filter((text) => !/401/.test(text)).length, 0);
  phone.complaints.length = 0;
  await phone.page.fill('#token', TOKEN);
  await phone.page.click('.entry button');
  await phone.page.waitForURL((url) => url.pathname === '/');
  await desk.enter(link);
  await Promise.all([desk, phone].map((one) => agentState(one, 'connected')));
  assert.match(await textOf(desk, '[data-agent=node-1] .host'), /kernel/);
  await desk.picture('idle-1440');
});

check('points arrive, progress moves and intervals come together while a study runs', async () => {
  await ask(desk, { requests: 16_000, warmup: 500, forks: 3, blocks: 1 });
  await Promise.all([desk, phone].map((one) => one.page.waitForSelector('.study .badge >> text=running')));
  firstStudy = await studyId(desk);
  await ask(desk, { requests: 4_000, warmup: 500, forks: 2, blocks: 1 });
  await desk.page.waitForSelector('.queue li');
  const share = async () => Number.parseInt(await textOf(desk, '.share'), 10);
  await Promise.all(
    [desk, phone].map((one) => one.page.waitForSelector('.card .legend td >> text=/\\d ns|µs/', { timeout: 30_000 })),
  );
  const first = await share();
  await until(async () => (await share()) > first);
  await Promise.all([desk, phone].map(accessible));
  await phone.picture('running-390-dark');
  await Promise.all(
    [desk, phone].map((one) =>
      one.page.waitForSelector('.intervals .range >> text=/\\[.+, .+\\]/', { timeout: 60_000 }),
    ),
  );
  await desk.picture('running-1440');
  assert.ok((await desk.page.locator('.card canvas').count()) >= 2, 'round trip and in-hook charts');
  await Promise.all([desk, phone].map(fits));
});

check('both studies end and are stored; the report opens; two stand side by side', async () => {
  await until(async () => (await studyId(desk)) !== firstStudy);
  await status(desk, 'complete');
  await phone.picture('done-390-dark');
  await desk.picture('done-1440');
  const second = await studyId(desk);
  const shown = (await desk.page.evaluate('globalThis.badges')) as string[];
  assert.is(shown.filter((word) => word === 'making the results').length, 2, shown.join(', '));
  await desk.page.click('text=Open its report');
  await desk.page.waitForSelector('h1');
  assert.match(desk.page.url(), new RegExp(`/studies/${second}/report.html$`));
  assert.is(await desk.page.evaluate('getComputedStyle(document.body).maxWidth !== "none"'), true, 'its style applies');
  await desk.page.goto(`${controller.url}/studies`);
  await desk.page.waitForSelector('.studies tbody tr');
  await accessible(desk);
  await desk.picture('studies-1440');
  for (const id of [firstStudy, second]) await desk.page.check(`input[value="${id}"]`);
  await desk.page.click('text=Compare the two');
  await desk.page.waitForSelector('.sides tbody tr');
  assert.match(await textOf(desk, '.sides tbody tr'), /read-loop[\s\S]*ld-preload[\s\S]*\[.+, .+\]/);
  const { comparison } = (await desk.page.evaluate(
    `fetch('/api/compare?a=${firstStudy}&b=${second}').then((said) => said.json())`,
  )) as SideBySide;
  assert.is(await textOf(desk, '.answer'), comparison.sentence);
  assert.is(await desk.page.locator('tr[data-verdict]').count(), comparison.cells.length);
  const reasons = comparison.notCompared.flatMap((cell) => cell.reasons);
  assert.equal(await desk.page.locator('[data-label="why not"] div').allTextContents(), reasons);
  const settings = comparison.settings.map(({ name }) => name);
  assert.ok(settings.includes('forks'));
  assert.equal(await desk.page.locator('[aria-label="What else differs"] tbody th').allTextContents(), settings);
  await accessible(desk);
  await desk.picture('compare-1440');
  for (const path of ['/studies', desk.page.url().replace(controller.url, '')]) {
    await phone.page.goto(controller.url + path);
    await phone.page.waitForSelector('tbody tr');
    await fits(phone);
    await phone.picture(`${path.startsWith('/c') ? 'compare' : 'studies'}-390-dark`);
  }
});

check('a killed agent shows within seconds, and when it is back its fork is measured again', async () => {
  await Promise.all([desk, phone].map((one) => one.page.goto(controller.url)));
  await agentState(desk, 'connected');
  await ask(desk, { requests: 400_000, warmup: 500, forks: 4, blocks: 2 });
  await status(desk, 'running');
  // an agent that has said nothing of the study yet would be given it again
  await desk.page.waitForSelector('.now >> text=/Fork 1/');
  process.kill(agent.pid, 'SIGKILL');
  const killedMs = performance.now();
  await Promise.all([desk, phone].map((one) => agentState(one, 'away')));
  const tookMs = performance.now() - killedMs;
  process.stdout.write(`the page said so after ${Math.round(tookMs)} ms\n`);
  await desk.page.waitForSelector('.troubles >> text=agent away');
  await desk.picture('agent-away-1440');
  await accessible(desk);
  agent = bench.agent('node-1');
  await Promise.all([desk, phone].map((one) => agentState(one, 'connected')));
  await desk.page.waitForSelector('.troubles >> text=fork repeated');
  assert.match(await textOf(desk, '[data-agent=node-1] .seen'), /connected 2 times/);
  await status(desk, 'running');
  await desk.picture('agent-back-1440');
});

check('the same study is stopped from the page, by the keyboard', async () => {
  await status(desk, 'running');
  await desk.page.focus('#stop');
  await desk.page.keyboard.press('Enter');
  await desk.page.waitForSelector('dialog[open]');
  await desk.picture('stop-1440');
  // the harmless answer comes first
  await desk.page.keyboard.press('Shift+Tab');
  await desk.page.keyboard.press('Enter');
  await status(desk, 'interrupted');
});

check('a page without --web-control only shows', async () => {
  let link = '';
  const resultsDir = bench.results;
  const web = await openWeb({
    ...{ listen: '127.0.0.1:0', option: '--web', resultsDir, token: '', folder: null, control: null },
    live: new Live({ hellos: () => [], resultsDir, log: () => undefined }),
    log: () => undefined,
    onLink: (url) => {
      link = url;
    },
  });
  const visitor = await bench.visitor({ width: 1440 });
  await visitor.enter(link);
  await visitor.page.waitForSelector('text=This page only shows');
  assert.is(await visitor.page.locator('#stop, #start').count(), 0);
  const answer = await visitor.page.evaluate(`(async () => {
    const { page } = await (await fetch('/api/me')).json();
    const headers = { 'content-type': 'application/json', 'x-hookbench-page': page };
    return Promise.all(['stop', 'start'].map(async (what) => (await fetch('/api/' + what, { method: 'POST', headers, body: '{}' })).status));
  })()`);
  assert.equal(answer, [403, 403]);
  web.close();
});

check('no complaint, and no request to anybody else', () => {
  assert.equal([...desk.complaints, ...phone.complaints], []);
  assert.equal([...new Set([...desk.hosts(), ...phone.hosts()])], [new URL(controller.url).host]);
});

test.run();
