import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_KEYWORDS, readKeywords } from '../../../controller/cli/keywords.ts';
import { newOutDir } from '../../helpers/cli.ts';

const out = newOutDir();
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

function read(text: string | Buffer): Buffer[] {
  const path = join(out, 'words.txt');
  writeFileSync(path, text);
  return readKeywords(path).map((word) => Buffer.from(word));
}

const refusal = (pattern: RegExp) => (error: Error & { code?: string }) =>
  error.code === 'usage' && pattern.test(error.message);

const keywords = suite('keyword files');

keywords('our own list has 200 words', () => assert.is(readKeywords(DEFAULT_KEYWORDS).length, 200));

keywords('one word a line, with either line end, with or without the last one', () => {
  const texts = (text: string) => read(text).map(String);
  for (const text of ['a\nb c\n', 'a\nb c', 'a\r\nb c\r\n', '\na\n\nb c\n\n']) assert.equal(texts(text), ['a', 'b c']);
});

keywords('bytes stay as they are', () => {
  const bytes = Buffer.from([0xff, 0x80, 0xc3, 0xa9]);
  assert.equal(read(Buffer.concat([bytes, Buffer.from('\n')])), [bytes]);
});

keywords('64 bytes are taken, 65 and NUL are refused with file and line', () => {
  assert.is(read('x'.repeat(64))[0]?.length, 64);
  assert.throws(() => read(`ok\n${'x'.repeat(65)}`), refusal(/words\.txt:2: a keyword has 1 to 64 bytes/));
  assert.throws(() => read(`ok\n\n${'é'.repeat(33)}`), refusal(/words\.txt:3: /));
  assert.throws(() => read('a\0b'), refusal(/words\.txt:1: .*no NUL/));
});

keywords('none and too many are refused', () => {
  for (const text of ['', '\n\n', '\r\n']) assert.throws(() => read(text), refusal(/holds no keyword/));
  assert.is(read('w\n'.repeat(2000)).length, 2000);
  assert.throws(() => read('w\n'.repeat(2001)), refusal(/holds 2001 keywords; at most 2000/));
});

keywords('what is not there or no file is named', () => {
  assert.throws(() => readKeywords(join(out, 'gone.txt')), refusal(/no keyword file at .*gone\.txt/));
  assert.throws(() => readKeywords(out), refusal(/can't be read: EISDIR/));
});

keywords.run();
