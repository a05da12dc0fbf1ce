/** Bounds of a hello: it goes into logs, reports and terminals. */

import { type Capability, type Hello, NAME_PATTERN } from '#proto';
import { offerProblem } from './lenders.ts';

const MOST_ENTRIES = 200;
const MOST_TEXT = 8_000;
const MOST_WORD = 200;
/** control characters would reach the terminal of whoever reads a report; a line break is in some tools' answers */
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/** @returns one sentence about what is wrong, null when nothing is */
export function helloProblem(hello: Hello): string | null {
  if (!NAME_PATTERN.test(hello.agentId))
    return 'an agent id has 1 to 253 letters, digits, dots, dashes and underscores (give it another --id)';
  // a message field that was not sent is not there, whatever its type says
  const { host } = hello as Partial<Hello>;
  if (host === undefined) return 'the controller does not accept a hello without the facts of its host';
  if (hello.runId === '') return 'the controller does not accept a hello without its run';
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(hello.runId))
    return 'the controller does not accept a hello whose run has a name with odd characters';
  const badOffer = offerProblem(hello);
  if (badOffer !== null) return badOffer;
  const lists = [hello.mechanisms, hello.suts, hello.conditions];
  if (lists.some((list) => list.length > MOST_ENTRIES))
    return `the controller does not accept a hello with more than ${MOST_ENTRIES} of one kind`;
  const facts = Object.values(host).filter((value) => typeof value === 'string');
  const words = [hello.version, ...lists.flat().flatMap(wordsOf)];
  const texts = [...facts, ...lists.flat().flatMap(textsOf)];
  if (hello.token.length > MOST_WORD || words.some((word) => word.length > MOST_WORD))
    return 'the controller does not accept a hello with an overlong name';
  if (texts.some((text) => text.length > MOST_TEXT))
    return 'the controller does not accept a hello with an overlong text';
  if ([...words, ...texts].some((text) => CONTROL.test(text)))
    return 'the controller does not accept a hello with control characters in it';
  return null;
}

function wordsOf(entry: Capability): string[] {
  const many = [...entry.actions, ...entry.functions].slice(0, MOST_ENTRIES);
  return [
    entry.id,
    entry.layer,
    entry.sha256,
    ...many,
    ...entry.limits.slice(0, MOST_ENTRIES).map(({ action }) => action),
    ...entry.unsuited.slice(0, MOST_ENTRIES).map(({ sut }) => sut),
  ];
}

function textsOf(entry: Capability): string[] {
  const reasons = [...entry.limits.slice(0, MOST_ENTRIES), ...entry.unsuited.slice(0, MOST_ENTRIES)];
  return [entry.needs, entry.found, ...reasons.map(({ why }) => why)];
}
