/** What a privileged agent accepts from the wire: ids of its own catalogue, bounded sizes, nothing else. */

import { isIPv4 } from 'node:net';
import {
  type Assignment,
  BenchError,
  BLOCK_ERRNOS,
  type Instance,
  isBlockErrno,
  NAME_PATTERN,
  type Step,
} from '#proto';
import { conditionOf } from '../conditions/registry.ts';
import { ACTIONS, FUNCTIONS, type Mechanism } from '../mechanisms/mechanism.ts';
import { MECHANISMS } from '../mechanisms/registry.ts';
import { SUTS } from '../suts/registry.ts';
import { known } from './fork.ts';

const LIMITS = {
  keywords: 2000,
  keywordBytes: 64,
  requestBytes: 8192,
  instances: 64,
  steps: 20_000,
  slices: 1000,
  units: 1_048_576,
  arm: 255,
  forks: 100_000,
};

/** both go into records and logs */
const ID = /^[A-Za-z0-9._/:=,%-]{1,600}$/;

/** @param mechanisms the catalogue
 * @throws BenchError usage naming what is wrong */
export function checkAssignment(a: Assignment, mechanisms: readonly Mechanism[] = MECHANISMS): void {
  if (!ID.test(a.studyId) || !ID.test(a.assignmentId)) refuse('an assignment whose ids are empty, overlong or odd');
  if (a.fork > LIMITS.forks) refuse(`fork ${a.fork}`);
  const { condition } = conditionOf(a.condition);
  checkPeer(condition.acrossNodes === true, a);
  if (!ACTIONS.some((action) => action === a.action)) refuse(`action ${a.action}; known here: ${ACTIONS.join(', ')}`);
  checkBlockErrno(a);
  if (a.functions.length === 0 || new Set(a.functions).size !== a.functions.length)
    refuse(`${a.functions.length === 0 ? 'no functions to hook' : 'a function twice'}`);
  const strange = a.functions.find((name) => !FUNCTIONS.some((known) => known === name));
  if (strange !== undefined) refuse(`function ${strange}; known here: ${FUNCTIONS.join(', ')}`);
  if (a.keywords.length === 0 || a.keywords.length > LIMITS.keywords) refuse(`${a.keywords.length} keywords`);
  for (const word of a.keywords) checkKeyword(word);
  if (a.requestBytes > LIMITS.requestBytes) refuse(`requests of ${a.requestBytes} bytes`);
  if (a.instances.length === 0 || a.instances.length > LIMITS.instances) refuse(`${a.instances.length} instances`);
  if (a.steps.length > LIMITS.steps) refuse(`${a.steps.length} steps`);
  const suts = new Map<number, string>();
  for (const instance of a.instances) {
    checkInstance(instance, { ...a, mechanisms });
    if (instance.id > 63 || suts.has(instance.id)) refuse(`instance id ${instance.id}`);
    suts.set(instance.id, instance.sut);
  }
  for (const step of a.steps) checkStep(step, { hook: { ...a, mechanisms }, suts });
}

/** An address to dial, and who must answer there by its certificate: a condition across nodes has one, no other has. */
function checkPeer(isNeeded: boolean, { loadPeer, condition }: Assignment): void {
  if (!isNeeded && loadPeer !== undefined) refuse(`a load generator of another node with condition ${condition}`);
  if (!isNeeded) return;
  if (loadPeer === undefined) refuse(`condition ${condition} without a load generator of another node`);
  const { node, host, port } = loadPeer;
  const isGood = NAME_PATTERN.test(node) && isIPv4(host) && port >= 1 && port <= 65_535;
  if (!isGood) refuse('a load generator whose node, address or port is none');
}

function checkBlockErrno({ action, blockErrno }: Assignment): void {
  if (action !== 'block' && blockErrno !== '') refuse(`error ${blockErrno} with action ${action}, which fails no read`);
  if (action === 'block' && !isBlockErrno(blockErrno))
    refuse(`error "${blockErrno}"; known here: ${BLOCK_ERRNOS.join(', ')}`);
}

/** the part of an assignment that a mechanism must be able to do */
type Asked = Pick<Assignment, 'action' | 'functions'> & { readonly mechanisms: readonly Mechanism[] };

function checkInstance(instance: Instance, asked: Asked): void {
  const sut = known(SUTS, instance.sut, 'SUT');
  if (!sut.actions.some((one) => one === asked.action)) refuse(`action ${asked.action} with ${sut.id}`);
  const mechanism = checkMechanism(instance.mechanism, asked);
  if (mechanism.kind === 'attached') refuse(`an instance with ${mechanism.id} in it, which is attached from outside`);
  if (instance.arm > LIMITS.arm) refuse(`arm ${instance.arm}`);
  if (instance.design === 'unspecified') refuse('an instance without design');
}

function checkStep(step: Step, o: { hook: Asked; suts: ReadonlyMap<number, string> }): void {
  if (step.phase === 'unspecified' || step.design === 'unspecified') refuse('a step without phase or design');
  if (step.slices.length === 0 || step.slices.length > LIMITS.slices) refuse(`a step of ${step.slices.length} slices`);
  const attach = step.attach === '' ? null : checkMechanism(step.attach, o.hook);
  if (attach !== null && attach.kind !== 'attached')
    refuse(`a step that attaches ${attach.id}, which can't be attached`);
  for (const slice of step.slices) {
    const units = slice.order.length;
    if (units === 0 || units > LIMITS.units) refuse(`a slice of ${units} units`);
    if (slice.settle > LIMITS.units) refuse(`a slice that settles for ${slice.settle} units`);
    if (slice.arm > LIMITS.arm) refuse(`arm ${slice.arm}`);
    if (slice.order.some((byte) => !o.suts.has(byte & 0x3f)))
      refuse('a slice that names an instance that is not there');
    if (slice.order.some((byte) => o.suts.get(byte & 0x3f) !== slice.sut))
      refuse(`a slice of ${slice.sut} that names an instance of another SUT`);
  }
}

/** `none` does nothing, whatever the action and the function */
function checkMechanism(id: string, { action, functions, mechanisms }: Asked): Mechanism {
  const mechanism = known(mechanisms, id, 'mechanism');
  if (mechanism.kind === 'bare') return mechanism;
  if (!mechanism.actions.some((one) => one === action))
    refuse(`action ${action} for ${id}; it can ${mechanism.actions.join(', ')}`);
  const unable = functions.filter((name) => !mechanism.functions.some((one) => one === name));
  if (unable.length > 0)
    refuse(`function ${unable.join(', ')} for ${id}; it can hook ${mechanism.functions.join(', ')}`);
  return mechanism;
}

function checkKeyword(word: Uint8Array): void {
  const bad = word.length === 0 || word.length > LIMITS.keywordBytes || word.includes(0) || word.includes(10);
  if (bad) refuse(`a keyword of ${word.length} bytes (1 to ${LIMITS.keywordBytes}, without NUL and newline)`);
}

function refuse(what: string): never {
  // what was sent may be long, and comes back in records
  throw new BenchError('usage', `the agent does not accept ${what.slice(0, 300)}`);
}
