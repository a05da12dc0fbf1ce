/** Names of conditions with options, such as `netns:delay=1ms,rate=100mbit`. The whole is one condition, compared with others as it stands. */

import { BenchError } from './errors.ts';

export interface ConditionName {
  /** what stands before the options, e.g. "netns" */
  readonly id: string;
  readonly options: ReadonlyMap<string, string>;
}

const NAME = /^([a-z][a-z0-9-]*(?::[a-z]+)?)$/;
const WITH_OPTIONS = /^([a-z][a-z0-9-]*):([a-z]+=[0-9][0-9a-z.%]*(?:,[a-z]+=[0-9][0-9a-z.%]*)*)$/;
const LONGEST = 100;

/** @throws BenchError usage */
export function conditionName(text: string): ConditionName {
  const [, plain] = NAME.exec(text) ?? [];
  if (plain !== undefined && text.length <= LONGEST) return { id: plain, options: new Map() };
  const [, id, list] = WITH_OPTIONS.exec(text) ?? [];
  const pairs = (list ?? '').split(',').map((pair) => pair.split('=') as [string, string]);
  const options = new Map(pairs);
  if (id === undefined || text.length > LONGEST || options.size !== pairs.length)
    throw new BenchError('usage', `"${text.slice(0, LONGEST)}" is not a condition`, {
      nextStep: 'give an id such as netns, or an id with options such as netns:rate=100mbit',
    });
  return { id, options };
}

/** The catalogue's entries that a condition needs: its own and one for each option. @throws BenchError usage */
export function conditionEntries(text: string): string[] {
  const { id, options } = conditionName(text);
  return [id, ...[...options.keys()].map((key) => `${id}:${key}`)];
}

/** Conditions whose load generator is on another node than the SUT: `nodes:host`, `nodes:pod`, `nodes:service`. */
export function isAcrossNodes(name: string): boolean {
  return name === 'nodes' || name.startsWith('nodes:');
}

/** "process,netns:delay=1ms,rate=1mbit" → two names: what has no id of its own belongs to the one before */
export function conditionList(words: readonly string[]): string[] {
  const names: string[] = [];
  for (const word of words) {
    const before = names.at(-1);
    if (before?.includes(':') && /^[a-z]+=/.test(word)) names[names.length - 1] = `${before},${word}`;
    else names.push(word);
  }
  return names;
}
