/** A study file under the flags given beside it → the options of a command. A flag wins, and is told with what it wins over. */

import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { BenchError } from '#proto';
import { durationNs, timeMs } from '../cli/options.ts';
import { budgetOf } from '../gate/index.ts';
import { type ReadStudy, readStudyFile } from './read.ts';
import { KNOWN_KEYS } from './schema.ts';

/** keys whose values are words that mean a number, or paths from the file's folder; by where they are found in an error */
const CONVERT: Readonly<Record<string, (at: string, file: string) => (text: string) => unknown>> = {
  margin: durationNs,
  until: durationNs,
  detect: durationNs,
  budget: timeMs,
  most: timeMs,
  keywords: fromFolder,
  pilot: fromFolder,
  out: fromFolder,
  'hooks-dir': fromFolder,
  'tls-dir': fromFolder,
  'token-file': fromFolder,
};

export interface Overlaid<T> {
  readonly options: T;
  /** for the report: which file, and which flags won over it; '' without a file */
  readonly studyFile: string;
}

/** @param path of the study file, undefined for none
 * @param o.section what the command has for itself in the file
 * @throws BenchError usage */
export function overlay<T extends object>(
  path: string | undefined,
  o: { readonly options: T; readonly command: Command; readonly section?: 'plan' },
): Overlaid<T> {
  if (path === undefined) return { options: o.options, studyFile: '' };
  const study = readStudyFile(path);
  const { schema, plan, gate, 'with-quick': withQuick, ...shared } = study.says;
  const entries = [
    ...entriesOf(study, shared, []),
    ...(o.section === undefined ? [] : entriesOf(study, plan, ['plan'])),
  ];
  const fromFile = new Map(entries.map((entry) => [optionName(entry.key), entry]));
  const given = Object.keys(o.options).filter((name) => o.command.getOptionValueSource(name) === 'cli');
  const beaten = given.flatMap((name) => {
    const isQuick = name === 'quick';
    const names = isQuick ? [name, ...(KNOWN_KEYS['with-quick'] ?? []).map(optionName)] : [name];
    return names
      .filter((one) => fromFile.has(one) && (one === name || !given.includes(one)))
      .map((one) => ({ flag: isQuick ? 'quick' : fromFile.get(one)!.key, name: one }));
  });
  const told = beaten.map(({ flag, name }) => `--${flag} wins over its ${fromFile.get(name)!.said}`);
  for (const { name } of beaten) fromFile.delete(name);
  if (given.includes('quick')) {
    const own = entriesOf(study, withQuick, ['with-quick']).filter(({ key }) => !given.includes(optionName(key)));
    for (const entry of own) fromFile.set(optionName(entry.key), entry);
    if (own.length > 0) told.push(`with --quick it is ${own.map(({ said }) => said).join(', ')}`);
  }
  const options = { ...o.options, ...Object.fromEntries([...fromFile].map(([name, { value }]) => [name, value])) };
  return { options, studyFile: [`${path} (sha256 ${sha256(study.text)})`, ...told].join('; ') };
}

export interface GateSection {
  readonly max: ReturnType<typeof budgetOf>[];
  readonly sut?: string;
  readonly undecided: 'fail' | 'pass';
}

/** @throws BenchError usage also when the file says nothing of a gate */
export function gateOf(path: string): GateSection {
  const study = readStudyFile(path);
  const { gate } = study.says;
  if (gate === undefined)
    throw new BenchError('usage', `${path} says nothing of a gate`, {
      nextStep: "add gate: with max: ['ld-preload:client:p50<5us'], or give --max",
    });
  const { sut, undecided } = gate;
  return {
    max: gate.max.map((text, i) => located(study.at('gate', 'max', i), () => budgetOf(text))),
    ...(sut !== undefined && { sut }),
    undecided: undecided ?? 'fail',
  };
}

interface Entry {
  readonly key: string;
  readonly value: unknown;
  /** as the file has it */
  readonly said: string;
}

function entriesOf(study: ReadStudy, values: object | undefined, where: readonly string[]): Entry[] {
  return Object.entries(values ?? {}).map(([key, value]) => {
    const at = study.at(...where, key);
    const convert = CONVERT[key];
    const meant = convert === undefined ? value : convert(`${at}: ${key}`, study.path)(String(value));
    return { key, value: meant, said: `${key} ${Array.isArray(value) ? value.join(',') : String(value)}` };
  });
}

function fromFolder(_at: string, file: string): (text: string) => string {
  return (text) => resolve(dirname(file), text);
}

function located<T>(at: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    throw new BenchError('usage', `${at}: ${error.message}`, { nextStep: error.nextStep, cause: error });
  }
}

/** as commander names it: warmup-floor → warmupFloor */
function optionName(key: string): string {
  return key.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
