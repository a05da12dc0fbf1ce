import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderJson } from '../../../controller/report/index.ts';
import { newOutDir, runCli } from '../../helpers/cli.ts';
import { goodResults } from '../../helpers/results.ts';
import { metaOf } from '../../helpers/stored-study.ts';
import { ask, cookieOf } from '../web/client.ts';

const CLI = fileURLToPath(new URL('../../../controller/cli/hookbench.js', import.meta.url));
const out = newOutDir();
process.on('exit', () => rmSync(out, { recursive: true, force: true }));
const test = suite('hookbench serve');

test('serves stored studies to who opens its link, until Ctrl-C', async () => {
  const { id } = goodResults().study;
  mkdirSync(join(out, id));
  writeFileSync(join(out, id, 'study.json'), JSON.stringify(metaOf(id, { status: 'complete' })));
  writeFileSync(join(out, id, 'results.json'), renderJson(goodResults()));
  const serve = execa(process.execPath, [CLI, 'serve', out, '--listen', '127.0.0.1:0'], {
    reject: false,
    timeout: 60_000,
  });
  let said = '';
  serve.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  while (!/Ctrl-C/.test(said) && serve.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  const [, link = '', origin = ''] = /^open ((http:\/\/[^/]+)\/\S+) /m.exec(said) ?? [];
  const cookie = cookieOf(await ask(link));
  const listed = JSON.parse((await ask(`${origin}/api/studies`, { headers: { cookie } })).text) as { id: string }[];
  assert.equal(
    listed.map((one) => one.id),
    [id],
  );
  assert.is((await ask(`${origin}/api/live`, { headers: { cookie } })).status, 404, 'nothing is live here');
  assert.is((await ask(`${origin}/api/studies`)).status, 401);
  serve.kill('SIGINT');
  assert.is((await serve).exitCode, 0);
});

test('what it can not serve is told', async () => {
  const gone = await runCli(['serve', join(out, 'gone')]);
  assert.is(gone.exitCode, 2);
  assert.match(gone.stderr, /is no folder[\s\S]*next: /);
  const openTo = await runCli(['serve', out, '--listen', '0.0.0.0:0']);
  assert.is(openTo.exitCode, 2);
  assert.match(openTo.stderr, /open to others[\s\S]*--tls-dir/);
});

test.run();
