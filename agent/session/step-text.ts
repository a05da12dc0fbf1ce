/** What a step measures, in words for those who watch. */

import type { Instance, Step } from '#proto';

/** "warming up read-loop", "measuring with bpf: java-hello", and with placed arms all of them: "measuring read-loop: none, ld-preload".
 * Two arms of one mechanism (A/A) are told as one. */
export function stepText(step: Step, { instances }: { readonly instances: readonly Instance[] }): string {
  const told = step.slices.filter(({ phase }) => phase !== 'bystander');
  const suts = [...new Set(told.map(({ sut }) => sut))].join(', ');
  if (step.phase === 'warmup') return `warming up ${suts}`;
  if (step.attach !== '') return `measuring with ${step.attach}: ${suts}`;
  const ran = new Set(told.flatMap(({ order }) => [...order].map((byte) => byte & INSTANCE)));
  const arms = new Set(instances.filter(({ id }) => ran.has(id)).map(({ mechanism }) => mechanism));
  return `measuring ${suts}: ${[...arms].join(', ')}`;
}

/** of a byte of an order: the rest are flags */
const INSTANCE = 0x3f;
