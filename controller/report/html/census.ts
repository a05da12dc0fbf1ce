/** The census of reads: which calls each program makes, and which mechanisms of the study stand in front of them. */

import type { Observation, Results } from '../../analysis/results.ts';
import { formatCount, formatNumber } from '../format.ts';
import { treatedMechanisms } from '../model.ts';
import { type Insertable, type Markup, markup } from './markup.ts';
import { scrollTable } from './parts.ts';

/** the system call behind a hooked function, where it has another name */
const SYSTEM_CALLS: Readonly<Record<string, string>> = { recv: 'recvfrom' };

/** @returns null where nobody looked */
export function censusTable(results: Results): Markup | null {
  const { observations = [], study } = results;
  if (observations.length === 0) return null;
  const hooks = treatedMechanisms(results);
  const rows = observations.flatMap((seen): (readonly Insertable[])[] => {
    const { reads } = seen;
    const name = nameOf(results, seen);
    if (reads.calls === null) return [[name, markup`<span class="missing">n/a (${reads.why})</span>`, '', '', '', '']];
    return reads.calls.map(({ call, kind, calls, bytes }) => [
      ...[name, call, kind, formatCount(calls), formatNumber(calls / Math.max(1, reads.requests), 2)],
      kind === 'socket' ? standing(results, hooks, call) : markup`<span class="missing">${kind}: not a request</span>`,
      formatCount(bytes),
    ]);
  });
  return scrollTable({
    label: 'Census of reads',
    caption: `Who sees which calls: reads that each program made in a stretch that is not timed; the hook stands in front of ${study.functions.join(', ')}`,
    head: ['SUT', 'call', 'on', 'calls', 'per request', 'seen by', 'bytes'],
    numeric: [3, 4, 6],
    rows,
  });
}

/** mechanisms of the study whose hook is in front of this system call */
function standing({ mechanisms, study }: Results, hooks: readonly string[], call: string): Markup | string {
  const isCall = (name: string) => (SYSTEM_CALLS[name] ?? name) === call;
  const names = hooks.filter((hook) => {
    const known = mechanisms.find(({ id }) => id === hook);
    return study.functions.some((name) => isCall(name) && (known === undefined || known.functions.includes(name)));
  });
  return names.length > 0 ? names.join(', ') : markup`<span class="not-ok">no hook of this study</span>`;
}

function nameOf({ study, nodes }: Results, { sut, condition, node }: Observation): string {
  return [sut, ...(study.conditions.length > 1 ? [condition] : []), ...(nodes.length > 1 ? [node] : [])].join(' · ');
}
