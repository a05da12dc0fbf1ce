/** Which mechanisms have anything to do with which SUTs: a JVM TI agent has nothing to do with a Node program. */

import { BenchError, type Capability, type Note } from '#proto';
import type { UnsuitedPair } from './study.ts';

export interface Suited {
  readonly suts: readonly Capability[];
  readonly mechanisms: readonly Capability[];
  /** among those */
  readonly unsuited: readonly UnsuitedPair[];
}

/** A pair that can't be is left out with a notice. What is left with no partner at all is an error where it was named.
 * @throws BenchError unsupported */
export function suitedOf(
  all: { suts: readonly Capability[]; mechanisms: readonly Capability[] },
  o: { sutsNamed: boolean; mechanismsNamed: boolean; notices: Note[] },
): Suited {
  const pairs = all.mechanisms.flatMap((mechanism) =>
    mechanism.unsuited
      .filter(({ sut }) => all.suts.some(({ id }) => id === sut))
      .map(({ sut, why }) => ({ sut, mechanism: mechanism.id, why })),
  );
  const tell = (text: string, named: boolean) => {
    if (named)
      throw new BenchError('unsupported', text, {
        nextStep: 'name a SUT and a mechanism that go together: hookbench doctor',
      });
    o.notices.push({ code: 'left-out', detail: text });
  };
  const reasons = (own: typeof pairs) =>
    own.map(({ sut, mechanism, why }) => `${mechanism} on ${sut}: ${why}`).join('; ');
  const mechanisms = all.mechanisms.filter(({ id }) => {
    const own = pairs.filter(({ mechanism }) => mechanism === id);
    if (own.length < all.suts.length || own.length === 0) return true;
    tell(`mechanism ${id} suits none of the SUTs (${reasons(own)})`, o.mechanismsNamed);
    return false;
  });
  const kept = pairs.filter(({ mechanism }) => mechanisms.some(({ id }) => id === mechanism));
  const suts = all.suts.filter(({ id }) => {
    const own = kept.filter(({ sut }) => sut === id);
    if (own.length < mechanisms.length || own.length === 0) return true;
    tell(`SUT ${id} suits none of the mechanisms (${reasons(own)})`, o.sutsNamed);
    return false;
  });
  const unsuited = kept.filter(({ sut }) => suts.some(({ id }) => id === sut));
  if (unsuited.length > 0) o.notices.push({ code: 'unsuited', detail: `not measured: ${reasons(unsuited)}` });
  return { suts, mechanisms, unsuited };
}
