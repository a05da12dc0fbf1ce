/** A study file → what it says, or errors with line, column, the offending text, what is known and the next step. */

import {
  isMap,
  isNode,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';
import type { z } from 'zod';
import { BenchError } from '#proto';
import { nearest } from './nearest.ts';
import { KNOWN_KEYS, type StudyFile, studyFile } from './schema.ts';
import { readStudyText } from './text.ts';

const MOST_ALIASES = 16;
/** as many as fit below the message */
const MOST_TOLD = 8;
const NEXT = 'hookbench init writes a study file with every key explained';

export interface ReadStudy {
  readonly path: string;
  readonly text: string;
  readonly says: StudyFile;
  /** "FILE:LINE:COLUMN" of a value */
  at(...key: readonly (string | number)[]): string;
}

interface Parsed {
  readonly path: string;
  readonly lines: LineCounter;
  readonly root: YAMLMap.Parsed;
}

/** @throws BenchError usage; with several things wrong all are told, the first as the message */
export function readStudyFile(path: string): ReadStudy {
  const text = readStudyText(path);
  const { lines, root, value } = parse(path, text);
  const parsed = { path, lines, root };
  const checked = studyFile.safeParse(value);
  const strange = unknownKeys(parsed);
  if (!checked.success || strange.length > 0) {
    const issues = checked.success ? [] : checked.error.issues.filter(({ code }) => code !== 'unrecognized_keys');
    throw failed([...strange, ...issues.map((issue) => problemOf({ ...parsed, text }, issue))]);
  }
  return {
    path,
    text,
    says: checked.data,
    at: (...key) => place(parsed, nodeAt(root, key)?.range[0] ?? 0),
  };
}

function parse(path: string, text: string): { lines: LineCounter; root: YAMLMap.Parsed; value: unknown } {
  const lines = new LineCounter();
  const options = { version: '1.2', lineCounter: lines, uniqueKeys: true, stringKeys: true, merge: false } as const;
  const document = parseDocument(text, { ...options, prettyErrors: false, logLevel: 'error' });
  const at = (offset: number) => placeOf(path, lines, offset);
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) {
    const [from, to] = wrong.pos;
    const said = quotedText(text.slice(from, Math.max(to, from + 1)));
    throw new BenchError('usage', `${at(from)}: ${wording(wrong)} at ${said}`, { nextStep: NEXT });
  }
  const root = document.contents;
  if (root === null) throw new BenchError('usage', `${at(0)}: the study file is empty`, { nextStep: NEXT });
  if (!isMap(root))
    throw new BenchError(
      'usage',
      `${at(root.range[0])}: ${quotedText(text.slice(root.range[0], root.range[1]))} is not a study`,
      {
        nextStep: NEXT,
      },
    );
  try {
    return { lines, root: root as YAMLMap.Parsed, value: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    const nextStep = 'write the values out; a study needs no aliases';
    throw new BenchError('usage', `${at(0)}: aliases that grow beyond any study`, { nextStep, cause });
  }
}

function wording({ code, message }: YAMLParseError | YAMLWarning): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document (a file is one study)';
  if (code === 'DUPLICATE_KEY') return 'a key for the second time';
  return message.split('\n')[0] ?? '';
}

/** looked up in the text, since a key such as __proto__ gets lost on the way to an object */
function unknownKeys(parsed: Parsed): Problem[] {
  return Object.entries(KNOWN_KEYS).flatMap(([where, known]) => {
    const map = where === '' ? parsed.root : nodeAt(parsed.root, [where]);
    if (!isMap(map)) return [];
    return map.items.flatMap(({ key }) => {
      const name = String(isNode(key) ? (key as { value?: unknown }).value : key);
      if (known.includes(name)) return [];
      const near = nearest(name, known);
      const hint = near === null ? `known: ${known.join(', ')}` : `did you mean ${near}? known: ${known.join(', ')}`;
      const offset = (key as ParsedNode | null)?.range?.[0] ?? 0;
      return [{ offset, told: `${place(parsed, offset)}: unknown key ${quotedText(name)}; ${hint}` }];
    });
  });
}

interface Problem {
  readonly offset: number;
  readonly told: string;
}

function problemOf(parsed: Parsed & { readonly text: string }, issue: z.core.$ZodIssue): Problem {
  const key = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const name = key.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part + 1}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
  const node = nodeAt(parsed.root, key);
  const offset = node?.range[0] ?? 0;
  const at = place(parsed, offset);
  if (node === null) return { offset, told: `${at}: ${name} is missing; write ${name}: ${issue.message}` };
  const written = parsed.text.slice(node.range[0], node.range[1]);
  return { offset, told: `${at}: ${name} ${quotedText(written)} is not ${issue.message}` };
}

/** in the order of the file, and none twice: a value can break two rules that are told in the same words */
function failed(problems: readonly Problem[]): BenchError {
  const told = [...new Set([...problems].sort((a, b) => a.offset - b.offset).map((problem) => problem.told))];
  const [first = '', ...more] = told.slice(0, MOST_TOLD);
  const rest = told.length > MOST_TOLD ? [`and ${told.length - MOST_TOLD} more`] : [];
  return new BenchError('usage', first, { nextStep: NEXT, detail: [...more, ...rest].join('\n') });
}

function nodeAt(root: YAMLMap.Parsed, key: readonly (string | number)[]): ParsedNode | null {
  const found = key.length === 0 ? root : root.getIn(key, true);
  return isNode(found) && found.range ? (found as ParsedNode) : null;
}

const place = ({ path, lines }: Parsed, offset: number): string => placeOf(path, lines, offset);

function placeOf(path: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
}

/** what was written, short and fit for a terminal */
function quotedText(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?').trim();
  return `"${clean.length > 60 ? `${clean.slice(0, 60)}…` : clean}"`;
}
