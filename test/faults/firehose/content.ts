/** Records of known content: what a firehose offers, and its ledger and the checker can tell apart. */

import { bytesOf, type RecordBody } from '#proto';
import { recordOf, type SeenRecord } from '../checker/record.ts';

export interface Ids {
  readonly studyId: string;
  readonly assignmentId: string;
}

/** n samples that no other record of this run has, nor one of another seed.
 * In the warm-up phase and from inside a hook: stored like all, and passed over by the analysis and by who counts against the plan. */
export function samplesOf(o: { seed: number; index: number; n: number }): RecordBody & { body: 'samples' } {
  const { seed, index, n } = o;
  const numbers = (salt: number) =>
    Uint32Array.from(
      { length: n },
      (_, i) => Math.imul(seed ^ salt, 0x9e3779b1) + Math.imul(index * n + i, 0x85ebca6b),
    );
  const bytes = (salt: number) => Uint8Array.from({ length: n }, (_, i) => (seed + salt + index * 7 + i) & 1);
  return {
    body: 'samples',
    samples: {
      place: {
        ...{ sut: 'read-loop', condition: 'process', fork: 0, block: index % 7, step: index },
        ...{ phase: 'warmup', design: 'alternated', vantage: 'interposer' },
      },
      t0Ns: (BigInt(seed >>> 0) << 32n) + BigInt(index),
      n,
      dtNs: bytesOf(numbers(1)),
      latencyNs: bytesOf(numbers(2)),
      arm: bytes(3),
      flags: bytes(4),
    },
  };
}

/** what a reader of the record must see, made without the product's codec */
export function seenOf(ids: Ids & { sequence: number }, body: RecordBody): SeenRecord {
  const frame = { sequence: ids.sequence, study_id: ids.studyId, assignment_id: ids.assignmentId };
  if (body.body === 'samples') return recordOf({ ...frame, samples: samplesFields(body.samples) });
  if (body.body === 'loss') return recordOf({ ...frame, loss: body.loss });
  if (body.body !== 'end') throw new Error(`a firehose has no ${body.body}`);
  const { nextStep, ...end } = body.end;
  return recordOf({ ...frame, end: { ...end, next_step: nextStep } });
}

function samplesFields(samples: (RecordBody & { body: 'samples' })['samples']) {
  const { place, t0Ns, dtNs, latencyNs, ...same } = samples;
  const { phase, design, vantage, ...where } = place;
  const words = {
    phase: `PHASE_${phase.toUpperCase()}`,
    design: `DESIGN_${design.toUpperCase()}`,
    vantage: `VANTAGE_${vantage.toUpperCase()}`,
  };
  return { ...same, place: { ...where, ...words }, t0_ns: t0Ns.toString(), dt_ns: dtNs, latency_ns: latencyNs };
}
