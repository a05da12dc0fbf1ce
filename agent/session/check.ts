/** What a privileged agent accepts from the wire: ids of its own catalogue, bounded sizes, nothing else. */

import { type Assignment, BenchError } from '#proto';
import { CONDITIONS } from '../conditions/registry.ts';
import { ACTIONS } from '../mechanisms/mechanism.ts';
import { MECHANISMS } from '../mechanisms/registry.ts';
import { SUTS } from '../suts/registry.ts';
import { known } from './fork.ts';

const LIMITS = { keywords: 2000, keywordBytes: 64, requestBytes: 8192, instances: 64, steps: 20_000, units: 1_048_576 };

/** @throws BenchError usage naming what is wrong */
export function checkAssignment(a: Assignment): void {
  known(CONDITIONS, a.condition, 'condition');
  if (!ACTIONS.some((action) => action === a.action)) refuse(`action ${a.action}; known here: ${ACTIONS.join(', ')}`);
  if (a.keywords.length === 0 || a.keywords.length > LIMITS.keywords) refuse(`${a.keywords.length} keywords`);
  for (const word of a.keywords) checkKeyword(word);
  if (a.requestBytes > LIMITS.requestBytes) refuse(`requests of ${a.requestBytes} bytes`);
  if (a.instances.length === 0 || a.instances.length > LIMITS.instances) refuse(`${a.instances.length} instances`);
  if (a.steps.length > LIMITS.steps) refuse(`${a.steps.length} steps`);
  const ids = new Set<number>();
  for (const instance of a.instances) {
    known(SUTS, instance.sut, 'SUT');
    known(MECHANISMS, instance.mechanism, 'mechanism');
    if (instance.id > 63 || ids.has(instance.id)) refuse(`instance id ${instance.id}`);
    ids.add(instance.id);
  }
  for (const step of a.steps) {
    if (step.attach !== '') known(MECHANISMS, step.attach, 'mechanism');
    for (const slice of step.slices) {
      if (slice.order.length === 0 || slice.order.length > LIMITS.units)
        refuse(`a slice of ${slice.order.length} units`);
      if (slice.order.some((byte) => !ids.has(byte & 0x3f))) refuse('a slice that names an instance that is not there');
    }
  }
}

function checkKeyword(word: Uint8Array): void {
  const bad = word.length === 0 || word.length > LIMITS.keywordBytes || word.includes(0) || word.includes(10);
  if (bad) refuse(`a keyword of ${word.length} bytes (1 to ${LIMITS.keywordBytes}, without NUL and newline)`);
}

function refuse(what: string): never {
  throw new BenchError('usage', `the agent does not accept ${what}`);
}
