/** The paper's t-test and its relatives: shown beside, not used for the verdict, with the assumptions that the data breaks. */

import type { Comparison, Results } from '../../analysis/results.ts';
import { formatCount, formatNumber, formatPCell, formatSignedDuration } from '../format.ts';
import { type Group, groupLabel } from '../model.ts';
import { FLAG_WORDS } from '../words.ts';
import { type Insertable, type Markup, markup } from './markup.ts';
import { durationMarkup, scrollTable } from './parts.ts';

const ROWS: readonly (readonly [string, (c: Comparison) => Insertable])[] = [
  [
    'difference of means, pooled',
    (c) => markup`<data value="${c.meanShiftNs}">${formatSignedDuration(c.meanShiftNs)}</data>`,
  ],
  [
    'difference of medians, pooled',
    (c) => markup`<data value="${c.medianShiftNs}">${formatSignedDuration(c.medianShiftNs)}</data>`,
  ],
  ['Student’s t (equal variance)', (c) => `t = ${formatNumber(c.studentT.t, 2)}`],
  ['degrees of freedom', (c) => formatCount(c.studentT.df)],
  ['p', (c) => formatPCell(c.studentT.p, c.studentT.log10P)],
  ['pooled standard deviation', (c) => durationMarkup(c.studentT.pooledSdNs)],
  ['Welch’s t', (c) => `t = ${formatNumber(c.welch.t, 2)}`],
  ['degrees of freedom (Welch)', (c) => formatNumber(c.welch.df, 1)],
  ['p (Welch)', (c) => formatPCell(c.welch.p, c.welch.log10P)],
  ['Mann–Whitney U', (c) => formatCount(c.mannWhitney.u)],
  ['p (Mann–Whitney)', (c) => formatPCell(c.mannWhitney.p, c.mannWhitney.log10P)],
  ['Kolmogorov–Smirnov D', (c) => (c.kolmogorovSmirnov ? formatNumber(c.kolmogorovSmirnov.d, 4) : 'n/a')],
  [
    'p (Kolmogorov–Smirnov)',
    (c) => (c.kolmogorovSmirnov ? formatPCell(c.kolmogorovSmirnov.p, c.kolmogorovSmirnov.log10P) : 'n/a'),
  ],
  ['Cohen’s d', (c) => formatNumber(c.cohensD, 3)],
  ['assumptions broken', broken],
];

export function testsSection(results: Results, group: Group): Markup | null {
  if (group.comparisons.length === 0) return null;
  const label = groupLabel(results, group);
  const table = scrollTable({
    label: `Pooled tests of ${label}`,
    caption:
      'Tests over pooled requests, with hook − without. They take every request for an independent draw, which requests on one connection are not.',
    head: ['', ...group.comparisons.map((c) => markup`${c.treated}<span class="sub">${c.design}</span>`)],
    numeric: group.comparisons.map((_, i) => i + 1),
    rows: ROWS.map(([title, value]) => [title, ...group.comparisons.map(value)]),
  });
  return markup`<details><summary>The paper’s t-test: shown beside, not used for the verdict</summary>${table}</details>`;
}

function broken(c: Comparison): Insertable {
  const reasons = c.flags.flatMap((flag) => {
    const { word, breaks } = FLAG_WORDS[flag.code];
    return breaks === null ? [] : [`${breaks} (${word})`];
  });
  if (reasons.length === 0) return 'none flagged';
  return markup`<ul class="reasons">${[...new Set(reasons)].map((reason) => markup`<li>${reason}</li>`)}</ul>`;
}
