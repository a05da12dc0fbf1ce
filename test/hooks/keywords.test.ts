import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_KEYWORDS } from '../helpers/preload.ts';

const keywords = suite('hooks/keywords');
const text = readFileSync(DEFAULT_KEYWORDS, 'latin1');
const words = text.trimEnd().split('\n');

keywords('200 distinct words, sorted by byte, one a line', () => {
  assert.is(words.length, 200);
  assert.is(new Set(words).size, 200);
  assert.equal(words, [...words].sort());
  assert.ok(text.endsWith('\n'));
});

keywords('3 to 16 printable ASCII bytes each, without spaces', () => {
  for (const word of words) assert.match(word, /^[!-~]{3,16}$/);
});

keywords('none is in a plain request: neither of the load generator nor of a browser', () => {
  const plain =
    'GET /hello HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: hookbench-load/1\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n';
  const browser =
    'GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 ' +
    '(KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,' +
    '*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n\r\n';
  assert.equal(
    words.filter((word) => plain.includes(word) || browser.includes(word)),
    [],
  );
});

keywords.run();
