/** None against none, before anything else is said. */

import type { Results } from '../../analysis/results.ts';
import { formatEstimate } from '../format.ts';
import { groupLabel, sutViews } from '../model.ts';
import { missingReason } from '../words.ts';
import { layTable, plainText, wrap } from './layout.ts';
import type { Paint } from './paint.ts';

export function aaLines(results: Results, columns: number, prose: number, paint: Paint): readonly string[] {
  const { aa } = results;
  const mark = aa.passed
    ? paint.good('✓ passed')
    : aa.comparisons.length === 0
      ? paint.warn('! none')
      : paint.bad('✕ failed');
  const labels = new Map(
    sutViews(results).flatMap((v) => v.groups.flatMap((g) => g.aa.map((c) => [c, groupLabel(results, g)] as const))),
  );
  const rows = aa.comparisons.map((c) => {
    const shift = c.shifts.p50 ?? c.block;
    return [
      [plainText(labels.get(c) ?? c.sut)],
      [c.design],
      shift === null ? [`n/a (${missingReason(c)})`] : [formatEstimate(shift).text],
    ];
  });
  const table = layTable(rows, columns, 4) ?? rows.flatMap((row) => wrap(row.flat().join(' '), columns, 4, 6));
  return [
    ...wrap(`${paint.bold('A/A')} ${mark}: ${plainText(aa.sentence)}`, prose, 0, 4),
    ...table.map((line) => paint.dim(line)),
  ];
}
