import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildPayloads, PayloadError } from '../../../agent/load/payload.ts';
import { ROOT } from './support.ts';

const PAPER_LIST = new URL('../shared/paper/keywords.txt', `file://${ROOT}`);
const words = (...texts: string[]): Uint8Array[] => texts.map((text) => Buffer.from(text, 'latin1'));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Occurrences of all keywords, counted in the plainest way. */
function hits(list: readonly Uint8Array[], payload: Uint8Array): number {
  let count = 0;
  for (const word of new Set(list.map(text))) {
    for (let at = 0; at + word.length <= payload.length; at++) if (text(payload).startsWith(word, at)) count++;
  }
  return count;
}

const payload = suite('load payload');

payload('miss has none, hit exactly one keyword, both of the same length', () => {
  const list = words('admin', 'login', 'wp-admin', 'en', 'passwd', 'shell', 'index');
  for (const lengthBytes of [60, 88, 200, 1400]) {
    const built = buildPayloads(list, { lengthBytes });
    assert.is(built.miss.length, lengthBytes);
    assert.is(built.hit.length, lengthBytes);
    assert.is(hits(list, built.miss), 0);
    assert.is(hits(list, built.hit), 1);
    assert.is(text(built.hit).indexOf(built.keyword), built.keywordOffset);
  }
  assert.is(buildPayloads(list).miss.length, 88);
});

payload('is deterministic and takes the keyword from the middle of the list', () => {
  const list = words('alpha', 'beta', 'gamma', 'delta', 'omega');
  assert.is(buildPayloads(list).keyword, 'gamma');
  assert.equal(buildPayloads(list), buildPayloads(list));
});

payload('passes over keywords that do not fit in a path, or contain another', () => {
  assert.is(buildPayloads(words('first', 'a b', 'x\u0001', 'h\u00e9', '<b>', 'zz\r\n', '%zz')).keyword, 'first');
  assert.is(buildPayloads(words('log', 'login', 'catalog')).keyword, 'log');
  assert.is(buildPayloads(words('short', 'x'.repeat(200))).keyword, 'short');
  assert.match(text(buildPayloads(words('/etc/hosts')).hit), /^GET \/etc\/hosts HTTP/);
  assert.not.match(text(buildPayloads(words('//wide')).hit), /^GET \/\//);
});

payload('takes other spellings where the usual ones have a keyword', () => {
  const list = words('Host', 'Accept', '127', '*/*', 'localhost', 'evil');
  const built = buildPayloads(list);
  assert.is(hits(list, built.miss), 0);
  assert.is(hits(list, built.hit), 1);
  assert.match(text(built.miss), /\r\nhost: /);
});

payload('names the keyword where no request without one can be built', () => {
  const refuses = (list: Uint8Array[], message: RegExp, o = {}): void => {
    try {
      buildPayloads(list, o);
    } catch (error) {
      assert.instance(error, PayloadError);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable(String(message));
  };
  refuses(words('GET', 'x9'), /keyword "GET" is in "GET \/"/);
  refuses(words('HTTP', 'x9'), /keyword "HTTP"/);
  refuses(words('Host', 'host', 'HOST', 'hOsT', 'HoSt'), /in the way.*"host"/i);
  refuses(words('a b'), /none of the keywords/);
  refuses([], /no keywords/);
  refuses(words('ok', ''), /empty keyword/);
  refuses(words('ok'), /does not fit in 20 bytes/, { lengthBytes: 20 });
  refuses(words('ok'), /not in 1–8192/, { lengthBytes: 1e6 });
});

payload('Node takes both as requests', async () => {
  const built = buildPayloads(words('evil'), { lengthBytes: 1400 });
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url, request.headers.host);
    response.end('x');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
    if (answer.split('HTTP/1.1 200').length === 3) socket.destroy();
  });
  socket.write(built.miss);
  socket.write(built.hit);
  await new Promise((resolve) => socket.on('close', resolve));
  server.close();
  assert.equal(seen, ['/', '127.0.0.1', '/evil', '127.0.0.1']);
});

if (existsSync(PAPER_LIST)) {
  payload("works with the paper's list", () => {
    const list = words(...readFileSync(PAPER_LIST, 'latin1').split('\n').filter(Boolean));
    assert.is(list.length, 200);
    for (const lengthBytes of [88, 1400]) {
      const built = buildPayloads(list, { lengthBytes });
      assert.is(hits(list, built.miss), 0);
      assert.is(hits(list, built.hit), 1);
    }
  });
} else {
  console.log(`skipped: the paper's list (${PAPER_LIST.pathname}) is not on this machine`);
}

payload.run();
