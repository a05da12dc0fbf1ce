/** The bytes of a study file → its text, with what could hold up the YAML parser refused first. */

import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Lexer } from 'yaml';
import { BenchError } from '#proto';

const MOST_BYTES = 2 ** 20;
/** columns and brackets: the parser calls itself for each level and takes the process down in a few thousand of them */
const MOST_INDENT = 64;
const MOST_BRACKETS = 16;
/** the parser compares each key with all before it */
const MOST_TOKENS = 20_000;
const NEXT = 'hookbench init writes a study file with every key explained';

/** @throws BenchError usage */
export function readStudyText(path: string): string {
  const bytes = bytesOf(path);
  if (!isUtf8(bytes)) {
    const { line, column } = firstBadByte(bytes);
    throw new BenchError('usage', `${path}:${line}:${column}: not UTF-8`, { nextStep: 'save the file as UTF-8' });
  }
  const text = bytes.toString('utf8');
  checkEffort(path, text);
  return text;
}

function bytesOf(path: string): Buffer {
  let fd: number;
  try {
    // opening a named pipe would wait for its writer
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is none' : (cause as Error).message;
    throw new BenchError('usage', `the study file ${path} can't be read: ${why}`, { nextStep: NEXT, cause });
  }
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) throw new BenchError('usage', `the study file ${path} is a folder`, { nextStep: NEXT });
    if (!stat.isFile()) throw new BenchError('usage', `the study file ${path} is no regular file`, { nextStep: NEXT });
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < bytes.length; length += got)
      got = readSync(fd, bytes, { offset: length, length: bytes.length - length });
    if (length <= MOST_BYTES) return bytes.subarray(0, length);
    throw new BenchError('usage', `the study file ${path} has more than ${MOST_BYTES} bytes`, { nextStep: NEXT });
  } finally {
    closeSync(fd);
  }
}

/** a newline is never part of a longer character, so lines can be looked at one by one */
function firstBadByte(bytes: Buffer): { line: number; column: number } {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(10, from);
    const part = bytes.subarray(from, end < 0 ? bytes.length : end);
    if (!isUtf8(part)) return { line, column: part.toString('utf8').indexOf('\ufffd') + 1 };
    from += part.length + 1;
  }
  return { line, column: 1 };
}

/** @throws BenchError usage for a file that is nested, or long, beyond any study */
function checkEffort(path: string, text: string): void {
  let tokens = 0;
  let brackets = 0;
  let [line, column] = [1, 1];
  const refuse = (what: string): never => {
    throw new BenchError('usage', `${path}:${line}:${column}: ${what}`, { nextStep: NEXT });
  };
  for (const token of new Lexer().lex(text)) {
    // the lexer's own marks are not part of the text
    if (token === '\x02' || token === '\x18' || token === '\x1f') continue;
    tokens += 1;
    if (tokens > MOST_TOKENS) refuse(`more than ${MOST_TOKENS} words and signs: more than any study says`);
    if (token === '[' || token === '{') brackets += 1;
    if (token === ']' || token === '}') brackets -= 1;
    const isIndent = column === 1 && /^ +$/.test(token) && token.length > MOST_INDENT;
    const isNested = (token === '-' || token === '?') && column > MOST_INDENT;
    if (isIndent || isNested || brackets > MOST_BRACKETS) refuse('nested too deeply: a study has two levels');
    const lines = token.split('\n');
    line += lines.length - 1;
    column = lines.length === 1 ? column + token.length : (lines.at(-1)?.length ?? 0) + 1;
  }
}
