/** Every statistic of a group's arms, side by side. */

import type { Comparison, Results, SampleStats } from '../../analysis/results.ts';
import { formatCount, formatEstimate, formatNumber, formatPCell } from '../format.ts';
import { type Group, groupLabel } from '../model.ts';
import { missingReason } from '../words.ts';
import { type Insertable, type Markup, markup } from './markup.ts';
import { durationMarkup, ratioMarkup, scrollTable, shiftMarkup, verdictMarkup } from './parts.ts';

const ARM_ROWS: readonly (readonly [string, (s: SampleStats) => Insertable])[] = [
  ['mean', (s) => durationMarkup(s.meanNs)],
  ['standard deviation', (s) => durationMarkup(s.sdNs)],
  ['min', (s) => durationMarkup(s.minNs)],
  ['p25', (s) => durationMarkup(s.p25Ns)],
  ['p50', (s) => durationMarkup(s.p50Ns)],
  ['p75', (s) => durationMarkup(s.p75Ns)],
  ['p95', (s) => durationMarkup(s.p95Ns)],
  ['p99', (s) => durationMarkup(s.p99Ns)],
  ['p99.9', (s) => durationMarkup(s.p999Ns)],
  ['max', (s) => durationMarkup(s.maxNs)],
  ['lower whisker', (s) => durationMarkup(s.tukeyLowNs)],
  ['upper whisker', (s) => durationMarkup(s.tukeyHighNs)],
  ['beyond the whiskers', (s) => formatCount(s.tukeyOutliers)],
  ['lag-1 autocorrelation', (s) => formatNumber(s.lag1, 3)],
];

const SHIFT_ROWS: readonly (readonly [string, (c: Comparison) => Insertable])[] = [
  ['shift at p50', (c) => shiftMarkup(c.shifts.p50, c)],
  ['ratio at p50', (c) => ratioMarkup(c) ?? missing(c)],
  ['shift of the mean', (c) => shiftMarkup(c.shifts.mean, c)],
  ['shift at p99', (c) => shiftMarkup(c.shifts.p99, c)],
  ['p50, requests with a keyword', (c) => shiftMarkup(c.byPayload.hit, c)],
  ['p50, requests without', (c) => shiftMarkup(c.byPayload.noHit, c)],
  ['p', (c) => (c.block === null ? missing(c) : formatPCell(c.block.p))],
  ['p, corrected (Holm)', (c) => (c.block === null ? missing(c) : formatPCell(c.block.pHolm))],
  ['centre by ranks (Hodges–Lehmann)', hodgesLehmann],
  [
    'independent units',
    (c) => (c.shifts.p50 === null ? missing(c) : `${formatCount(c.shifts.p50.units)} ${c.shifts.p50.unit}s`),
  ],
  [
    'blocks, forks',
    (c) => (c.block === null ? missing(c) : `${formatCount(c.block.blocks)}, ${formatCount(c.block.forks)}`),
  ],
  [
    'smallest detectable shift',
    (c) => (c.minimumDetectableNs === null ? missing(c) : durationMarkup(c.minimumDetectableNs)),
  ],
  ['requests needed per arm', (c) => (c.requiredSamples === null ? missing(c) : formatCount(c.requiredSamples))],
  ['Cliff’s delta', (c) => formatNumber(c.cliffsDelta, 3)],
  ['verdict', (c) => verdictMarkup(c.verdict)],
];

export function statisticsTable(results: Results, group: Group): Markup | null {
  if (group.comparisons.length === 0) return null;
  const label = groupLabel(results, group);
  const numbers = group.comparisons.map((_, i) => i + 1);
  const shifts = scrollTable({
    label: `Shifts of ${label}`,
    caption: `Shifts of ${label}, from block differences`,
    head: ['', ...group.comparisons.map(name)],
    numeric: numbers,
    rows: SHIFT_ROWS.map(([title, value]) => [title, ...group.comparisons.map(value)]),
  });
  const arms = scrollTable({
    label: `Statistics of ${label}`,
    caption: `Each arm of ${label} by itself, warm-up left out`,
    head: [
      '',
      ...group.comparisons.flatMap((c) => [markup`${c.baseline}<span class="sub">${c.design}</span>`, name(c)]),
    ],
    numeric: group.comparisons.flatMap((_, i) => [2 * i + 1, 2 * i + 2]),
    rows: [
      ['requests', ...group.comparisons.flatMap((c) => [formatCount(c.baselineN), formatCount(c.n)])],
      [
        'warm-up left out',
        ...group.comparisons.flatMap((c) => [formatCount(c.warmupDropped), formatCount(c.warmupDropped)]),
      ],
      [
        'worth as independent requests',
        ...group.comparisons.flatMap((c) => [worth(c.effectiveSamples?.baseline), worth(c.effectiveSamples?.treated)]),
      ],
      ...ARM_ROWS.map(([title, value]) => [
        title,
        ...group.comparisons.flatMap((c) => [value(c.baselineStats), value(c.treatedStats)]),
      ]),
    ],
  });
  return markup`<h3>All numbers</h3>${shifts}<details><summary>Each arm by itself</summary>${arms}</details>`;
}

function worth(effective: number | null | undefined): Insertable {
  return effective == null ? markup`<span class="missing">n/a</span>` : formatCount(effective);
}

function name(c: Comparison): Markup {
  return markup`${c.treated}<span class="sub">${c.design}</span>`;
}

function hodgesLehmann({ hodgesLehmann: e }: Comparison): Insertable {
  if (!e) return markup`<span class="missing">n/a (not 6 to 1,000 units)</span>`;
  const { value, interval } = formatEstimate({ estimateNs: e.shiftNs, lowNs: e.lowNs, highNs: e.highNs });
  return markup`<span class="shift"><data class="estimate" value="${e.shiftNs}">${value}</data> <span class="interval-text"><data value="${e.lowNs} ${e.highNs}">${interval}</data></span></span>`;
}

function missing(c: Comparison): Markup {
  const why = c.block === null ? missingReason(c) : 'no shift to find';
  return markup`<span class="missing">n/a (${why})</span>`;
}
