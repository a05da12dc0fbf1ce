/** The states of a study: planned → running → complete, interrupted or failed. Every step is one atomic replacement of study.json. */

import { BenchError } from '#proto';
import type { StudyMeta, StudyStatus } from './meta.ts';

const NEXT: Readonly<Record<StudyStatus, readonly StudyStatus[]>> = {
  planned: ['running', 'interrupted', 'failed'],
  running: ['complete', 'interrupted', 'failed'],
  complete: [],
  interrupted: [],
  failed: [],
};

/** @returns the meta in its next state. @throws BenchError internal when there is no such step, or the end has no time */
export function advanced(meta: StudyMeta, change: Partial<StudyMeta> & { readonly status: StudyStatus }): StudyMeta {
  const next = { ...meta, ...change };
  if (!NEXT[meta.status].includes(change.status)) {
    throw new BenchError('internal', `study ${meta.id} can't become ${change.status}: it is ${meta.status}`);
  }
  const ended = NEXT[change.status].length === 0;
  if (ended !== (next.finishedAt !== null)) {
    throw new BenchError('internal', `study ${meta.id} is ${change.status} with its end at ${next.finishedAt}`);
  }
  return next;
}
