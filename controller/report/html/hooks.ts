/** What the action did in this study, what each mechanism can do, and which calls the programs make. */

import type { BlockingRow, Results, TraceRow } from '../../analysis/results.ts';
import { actionText, timedNote, topKeywords } from '../actions.ts';
import { formatCount } from '../format.ts';
import { abilitySection } from './abilities.ts';
import { censusTable } from './census.ts';
import { type Markup, markup } from './markup.ts';
import { scrollTable } from './parts.ts';

export function hooksSection(results: Results): Markup | null {
  const { mechanisms, blocking, traces, study } = results;
  if (mechanisms.length === 0 && blocking.length === 0 && traces.length === 0) return null;
  const note = timedNote(results);
  return markup`<section aria-labelledby="hooks"><h2 id="hooks">The hooks and their action</h2>
<p>Action ${actionText(study)}, in front of ${study.functions.join(', ')}.${note !== null && markup` ${note}`}</p>
${blocking.length > 0 && blockingTable(blocking)}${traces.length > 0 && traceTable(traces)}${mechanisms.length > 0 && abilitySection(mechanisms)}${censusTable(results)}</section>`;
}

function blockingTable(rows: readonly BlockingRow[]): Markup {
  return scrollTable({
    label: 'Blocked requests',
    caption: 'What became of the requests, warm-up and settling included',
    head: ['SUT', 'hook', 'refused', 'leaked', 'served', 'denied', ''],
    numeric: [2, 3, 4, 5],
    rows: rows.map((row) => [
      row.sut,
      row.mechanism,
      formatCount(row.refused),
      formatCount(row.leaked),
      formatCount(row.served),
      formatCount(row.denied),
      markup`<span class="${row.ok ? 'ok' : 'not-ok'}">${row.ok ? '✓ as asked' : '✕ not as asked'}</span>`,
    ]),
  });
}

function traceTable(rows: readonly TraceRow[]): Markup {
  return scrollTable({
    label: 'Matches',
    caption: 'Matches reported; those above the limit per second and process are counted, the others are in traces.csv',
    head: ['SUT', 'hook', 'matches', 'kept', 'above the limit', 'most frequent'],
    numeric: [2, 3, 4],
    rows: rows.map((row) => [
      row.sut,
      row.mechanism,
      formatCount(row.matches),
      formatCount(row.kept),
      formatCount(row.dropped),
      topKeywords(row),
    ]),
  });
}
