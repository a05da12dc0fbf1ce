/** What a privileged agent accepts from the wire: ids of its own catalogue, bounded sizes, nothing else. */

import { type Assignment, BenchError, type Instance, type Step } from '#proto';
import { CONDITIONS } from '../conditions/registry.ts';
import { ACTIONS, type Mechanism } from '../mechanisms/mechanism.ts';
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
};

/** @throws BenchError usage naming what is wrong */
export function checkAssignment(a: Assignment): void {
  known(CONDITIONS, a.condition, 'condition');
  if (!ACTIONS.some((action) => action === a.action)) refuse(`action ${a.action}; known here: ${ACTIONS.join(', ')}`);
  if (a.keywords.length === 0 || a.keywords.length > LIMITS.keywords) refuse(`${a.keywords.length} keywords`);
  for (const word of a.keywords) checkKeyword(word);
  if (a.requestBytes > LIMITS.requestBytes) refuse(`requests of ${a.requestBytes} bytes`);
  if (a.instances.length === 0 || a.instances.length > LIMITS.instances) refuse(`${a.instances.length} instances`);
  if (a.steps.length > LIMITS.steps) refuse(`${a.steps.length} steps`);
  const suts = new Map<number, string>();
  for (const instance of a.instances) {
    checkInstance(instance, a.action);
    if (instance.id > 63 || suts.has(instance.id)) refuse(`instance id ${instance.id}`);
    suts.set(instance.id, instance.sut);
  }
  for (const step of a.steps) checkStep(step, { action: a.action, suts });
}

function checkInstance(instance: Instance, action: string): void {
  known(SUTS, instance.sut, 'SUT');
  const mechanism = checkMechanism(instance.mechanism, action);
  if (mechanism.kind === 'attached') refuse(`an instance with ${mechanism.id} in it, which is attached from outside`);
  if (instance.arm > LIMITS.arm) refuse(`arm ${instance.arm}`);
  if (instance.design === 'unspecified') refuse('an instance without design');
}

function checkStep(step: Step, o: { action: string; suts: ReadonlyMap<number, string> }): void {
  if (step.phase === 'unspecified' || step.design === 'unspecified') refuse('a step without phase or design');
  if (step.slices.length === 0 || step.slices.length > LIMITS.slices) refuse(`a step of ${step.slices.length} slices`);
  const attach = step.attach === '' ? null : checkMechanism(step.attach, o.action);
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

/** `none` does nothing, whatever the action */
function checkMechanism(id: string, action: string): Mechanism {
  const mechanism = known(MECHANISMS, id, 'mechanism');
  const able = mechanism.kind === 'bare' || mechanism.actions.some((one) => one === action);
  if (!able) refuse(`action ${action} for ${id}; it can ${mechanism.actions.join(', ')}`);
  return mechanism;
}

function checkKeyword(word: Uint8Array): void {
  const bad = word.length === 0 || word.length > LIMITS.keywordBytes || word.includes(0) || word.includes(10);
  if (bad) refuse(`a keyword of ${word.length} bytes (1 to ${LIMITS.keywordBytes}, without NUL and newline)`);
}

function refuse(what: string): never {
  throw new BenchError('usage', `the agent does not accept ${what}`);
}
