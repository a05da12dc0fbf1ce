/** A comparison of two studies in words. */

import { intervalUs, pValue, us } from '../analysis/format.ts';
import type {
  CellName,
  ComparedCell,
  ComparedStatistic,
  Difference,
  DifferenceVerdict,
  UncomparedCell,
} from './types.ts';

const OF: Readonly<Record<ComparedStatistic, string>> = {
  p50: 'at the median',
  mean: 'at the mean',
  p99: 'at the 99th percentile',
};

export function cellSentence(
  name: CellName,
  difference: Difference,
  verdict: DifferenceVerdict,
  statistic: ComparedStatistic,
): string {
  const who = `${name.treated} on ${name.sut}`;
  const holms = `Holm's ${pValue(difference.pHolm)}`;
  if (verdict === 'larger') return `${who} costs ${intervalUs(difference)} more in B ${OF[statistic]} (${holms}).`;
  if (verdict === 'smaller')
    return `${who} costs ${intervalUs(turned(difference))} less in B ${OF[statistic]} (${holms}).`;
  const outside = difference.lowNs > 0 || difference.highNs < 0;
  const note = outside ? ` (0 lies outside, but not once corrected for the other cells: ${holms})` : '';
  return `${who}: no difference found ${OF[statistic]}, B − A ${intervalUs(difference)}${note}; a true one of ${us(difference.minimumDetectableNs)} would be found 4 times in 5.`;
}

export function comparisonSentence(
  cells: readonly ComparedCell[],
  notCompared: readonly UncomparedCell[],
  statistic: ComparedStatistic,
): string {
  const names = (verdict: DifferenceVerdict) =>
    cells.filter((cell) => cell.verdict === verdict).map(({ treated, sut }) => `${treated} on ${sut}`);
  const [more, less] = [names('larger'), names('smaller')];
  const parts = [
    ...(more.length > 0 ? [`B costs more than A for ${more.join(', ')}`] : []),
    ...(less.length > 0 ? [`B costs less than A for ${less.join(', ')}`] : []),
  ];
  const rest = cells.length - more.length - less.length;
  if (cells.length === 0) parts.push('Nothing could be compared');
  else if (parts.length === 0)
    parts.push(`No detectable difference between A and B ${OF[statistic]} in ${many(cells.length, 'cell')}`);
  else if (rest > 0) parts.push(`no detectable difference in ${many(rest, 'other cell')}`);
  if (notCompared.length > 0) parts.push(`${many(notCompared.length, 'cell')} not compared`);
  return `${parts.join('; ')}.`;
}

function turned({ estimateNs, lowNs, highNs }: Difference) {
  return { estimateNs: -estimateNs, lowNs: -highNs, highNs: -lowNs };
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
