import { count } from './format.ts';
import type { StudyRecord } from './record.ts';
import type { CallCount, Observation, Recommendation } from './results.ts';
import { byPlace, nameOf, percent, placesOf } from './seen.ts';

/** R7: how the hooked function is used, and whether the benchmark reflects it. */
export function usageChecks(study: StudyRecord): Recommendation {
  const row = (status: Recommendation['status'], evidence: string): Recommendation => ({ id: 'R7', status, evidence });
  if (study.imported) return row('unmet', 'the CSVs do not say what the application read from, or how often');
  const places = placesOf(study);
  const hooked = hookedCalls(study.functions);
  const counted = places.filter(({ seen }) => callsAt(seen) !== null);
  const blind = study.suts.filter((sut) => !counted.some((place) => place.sut === sut));
  const told =
    counted.length > 0 ? [byPlace(study, counted, ({ seen }) => censusText(callsAt(seen) ?? [], hooked))] : [];
  if (blind.length > 0) return row('unmet', [...told, parityCensus(study), missing(study, blind)].join('; '));
  const functions = study.functions.join(', ');
  const judged = [
    { holds: isMissed, text: `receives from sockets by other calls than ${functions}, which the hook does not see` },
    { holds: isUnused, text: `never calls ${functions}` },
    { holds: isElsewhere, text: 'reads mostly from elsewhere than sockets, which the hook pays for too' },
  ].flatMap(({ holds, text }) => {
    const found = counted.filter(({ seen }) => holds(callsAt(seen) ?? [], hooked));
    return found.length === 0 ? [] : [`${found.map((place) => nameOf(study, place)).join(', ')} ${text}`];
  });
  if (judged.length === 0) return row('met', `${told.join('; ')}; the hook meets the reads it is for`);
  return row('unmet', [...told, ...judged].join('; '));
}

const MOSTLY = 0.5;
/** of a SUT's calls on sockets; a runtime makes a few of its own */
const MISSED_LIMIT = 0.01;
/** how the kernel names what a C library's function calls, where the names differ */
const SYSTEM_CALLS: Readonly<Record<string, string>> = { recv: 'recvfrom' };

function hookedCalls(functions: readonly string[]): ReadonlySet<string> {
  return new Set(functions.map((name) => SYSTEM_CALLS[name] ?? name));
}

function callsAt(seen: Observation | undefined): readonly CallCount[] | null {
  return seen?.reads.calls?.filter(({ calls }) => calls > 0) ?? null;
}

/** "12,040 calls of read: 99.8 % sockets, 0.2 % files; no recv or other call of its family" */
function censusText(calls: readonly CallCount[], hooked: ReadonlySet<string>): string {
  if (calls.length === 0) return 'no read and no other call of its family';
  const names = [...new Set(calls.map(({ call }) => call))].sort(
    (a, b) => Number(hooked.has(b)) - Number(hooked.has(a)),
  );
  const parts = names.map((name) => {
    const own = calls.filter(({ call }) => call === name);
    const all = total(own);
    const kinds = own.map((one) => `${percent(one.calls / all)} ${one.kind === 'other' ? 'other' : `${one.kind}s`}`);
    return `${count(all)} call${all === 1 ? '' : 's'} of ${name}: ${kinds.join(', ')}`;
  });
  const others = names.some((name) => !hooked.has(name));
  return [
    ...parts,
    ...(others
      ? []
      : [names.includes('recvfrom') ? 'no other call of the family' : 'no recv or other call of the family']),
  ].join('; ');
}

/** The application receives by calls that are not hooked. What io_uring reads, no hook on a function sees. */
function isMissed(calls: readonly CallCount[], hooked: ReadonlySet<string>): boolean {
  const onSockets = calls.filter(({ kind }) => kind === 'socket');
  const missed = onSockets.filter(({ call }) => !hooked.has(call));
  if (onSockets.length === 0) return calls.some(({ call }) => call === 'io_uring_enter');
  return total(missed) > MISSED_LIMIT * total(onSockets);
}

function isUnused(calls: readonly CallCount[], hooked: ReadonlySet<string>): boolean {
  return calls.every(({ call }) => !hooked.has(call));
}

function isElsewhere(calls: readonly CallCount[], hooked: ReadonlySet<string>): boolean {
  const own = calls.filter(({ call }) => hooked.has(call));
  return total(own.filter(({ kind }) => kind === 'socket')) < MOSTLY * total(own);
}

function missing(study: StudyRecord, suts: readonly string[]): string {
  const why = (study.observations ?? []).flatMap(({ sut, reads }) =>
    suts.includes(sut) && reads.calls === null ? [reads.why] : [],
  );
  const reason = why.length === 0 ? '' : ` (${[...new Set(why)].join('; ')})`;
  return `reads by kind (socket, file, pipe) are missing for ${suts.join(', ')}${reason}`;
}

function total(calls: readonly CallCount[]): number {
  return calls.reduce((sum, one) => sum + one.calls, 0);
}

function parityCensus(study: StudyRecord): string {
  const census = study.parity.filter(({ source }) => source === 'kernel');
  if (census.length === 0) return 'no kernel census of read was taken';
  const reads = census.reduce((sum, { expectedReads }) => sum + expectedReads, 0);
  return `the kernel counted ${count(reads)} reads of accepted sockets by ${[...new Set(census.map(({ sut }) => sut))].join(', ')}`;
}
