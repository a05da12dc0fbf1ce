/** None against none: whether the instrument itself sees something where there is nothing. */

import type { Results } from '../../analysis/results.ts';
import { groupLabel, sutViews } from '../model.ts';
import { type Markup, markup, unbroken } from './markup.ts';
import { durationMarkup, scrollTable, shiftMarkup } from './parts.ts';

export function aaSection(results: Results): Markup {
  const { aa } = results;
  const state = aa.passed ? 'good' : aa.comparisons.length === 0 ? 'warn' : 'bad';
  const word = { good: ['✓', 'passed'], warn: ['!', 'not run'], bad: ['✕', 'failed'] }[state];
  return markup`<section class="aa ${state}" aria-labelledby="aa"><h2 id="aa">A/A check <span class="aa-state"><span aria-hidden="true">${word[0]}</span> ${word[1]}</span></h2>
<p>${unbroken(aa.sentence)}</p>${aaTable(results)}</section>`;
}

function aaTable(results: Results): Markup | null {
  const rows = sutViews(results).flatMap((view) =>
    view.groups.flatMap((group) => group.aa.map((c) => ({ c, label: groupLabel(results, group) }))),
  );
  if (rows.length === 0) return null;
  const table = scrollTable({
    label: 'A/A comparisons',
    caption: 'None against none, with intervals. Zero should lie inside.',
    head: ['SUT', 'design', 'shift at p50', 'at mean', 'smallest detectable'],
    numeric: [2, 3, 4],
    rows: rows.map(({ c, label }) => [
      label,
      c.design,
      shiftMarkup(c.shifts.p50 ?? c.block, c),
      shiftMarkup(c.shifts.mean, c),
      c.minimumDetectableNs === null ? markup`<span class="missing">n/a</span>` : durationMarkup(c.minimumDetectableNs),
    ]),
  });
  return markup`<details><summary>Each A/A comparison</summary>${table}</details>`;
}
