import { count } from './format.ts';
import type { Observation, StudyRecord } from './record.ts';
import type { Recommendation } from './results.ts';

/** R7: how the hooked function is used, and whether the benchmark reflects it. */
export function usageChecks(study: StudyRecord): Recommendation {
  const row = (status: Recommendation['status'], evidence: string): Recommendation => ({ id: 'R7', status, evidence });
  if (study.imported) return row('unmet', 'the CSVs do not say what the application read from, or how often');
  const counted = (study.observations ?? []).filter(({ reads }) => reads !== null);
  const missing = study.suts.filter((sut) => !counted.some((observation) => observation.sut === sut));
  if (missing.length > 0)
    return row(
      'unmet',
      `${parityCensus(study)}; reads by kind (socket, file, pipe) are missing for ${missing.join(', ')}`,
    );
  const told = counted.map(kindsOf);
  const odd = counted.filter((observation) => share(observation, 'socket') < MOSTLY);
  if (odd.length === 0) return row('met', `${told.join('; ')}: the hook meets the reads it is for`);
  const names = [...new Set(odd.map(({ sut }) => sut))].join(', ');
  return row(
    'unmet',
    `${told.join('; ')}: ${names} reads mostly from elsewhere than sockets, which the hook pays for too`,
  );
}

const MOSTLY = 0.5;

function kindsOf({ sut, condition, reads }: Observation): string {
  const kinds = (reads ?? [])
    .filter(({ calls }) => calls > 0)
    .map(({ kind, calls }) => `${count(calls)} from ${kind}s`);
  return `${sut} in ${condition}: ${kinds.join(', ') || 'no read at all'}`;
}

function share({ reads }: Observation, wanted: string): number {
  const all = (reads ?? []).reduce((sum, { calls }) => sum + calls, 0);
  const own = (reads ?? []).filter(({ kind }) => kind === wanted).reduce((sum, { calls }) => sum + calls, 0);
  return all === 0 ? 0 : own / all;
}

function parityCensus(study: StudyRecord): string {
  const census = study.parity.filter(({ source }) => source === 'kernel');
  if (census.length === 0) return 'no kernel census of read was taken';
  const reads = census.reduce((sum, { expectedReads }) => sum + expectedReads, 0);
  return `the kernel counted ${count(reads)} reads of accepted sockets by ${[...new Set(census.map(({ sut }) => sut))].join(', ')}`;
}
