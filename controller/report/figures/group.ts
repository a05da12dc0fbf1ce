/** Every figure of one place measured (SUT, condition, node, vantage), in reading order. The page makes tabs of them, the export files. */

import type { Decomposition, Results } from '../../analysis/results.ts';
import { decompositionOf } from '../decomposition.ts';
import { type Group, groupLabel } from '../model.ts';
import { blocksFigure } from './blocks.ts';
import { boxplotFigures } from './boxplot.ts';
import { decilesFigure } from './deciles.ts';
import { decompositionFigure } from './decomposition.ts';
import { ecdfFigures } from './ecdf.ts';
import { forestFigure } from './forest.ts';
import type { Figure } from './frame.ts';
import { histogramFigures } from './histogram.ts';
import type { ArmName, FigureSet } from './input.ts';
import { lagFigure } from './lag.ts';
import type { Palette } from './palette.ts';
import { vantagesFigure } from './vantages.ts';

export interface FigureTab {
  /** of a file's name: letters and hyphens */
  readonly key: string;
  readonly tab: string;
  readonly figures: readonly Figure[];
}

/** @param id unique on the page; @param set of the group's SUT, null where no samples are stored
 * @returns tabs that have something to show; what rests on results alone comes also without samples */
export function groupFigures(
  results: Results,
  group: Group,
  id: string,
  set: FigureSet | null,
  palette: Palette,
): readonly FigureTab[] {
  const name = groupLabel(results, group);
  const mine = <T extends ArmName>(arms: readonly T[] | undefined): readonly T[] => within(group, arms ?? []);
  const one = (figure: Figure | null): readonly Figure[] => (figure === null ? [] : [figure]);
  const tabs: readonly FigureTab[] = [
    { key: 'box', tab: 'Boxplots', figures: boxplotFigures(name, id, mine(set?.boxes), palette) },
    { key: 'ecdf', tab: 'Distribution and tail', figures: ecdfFigures(name, id, mine(set?.ecdfs), palette) },
    { key: 'histogram', tab: 'Histogram', figures: histogramFigures(name, id, mine(set?.histograms), palette) },
    {
      key: 'deciles',
      tab: 'Shift at each decile',
      figures: one(decilesFigure(name, id, group.aa, group.comparisons, palette)),
    },
    { key: 'lag', tab: 'Over requests', figures: one(lagFigure(name, id, mine(set?.lags), palette)) },
    { key: 'blocks', tab: 'Over time', figures: one(blocksFigure(name, id, mine(set?.blocks), palette)) },
    {
      key: 'vantages',
      tab: 'Inside and outside',
      figures: [
        ...one(decompositionFigure(name, id, partsOf(results, group), palette)),
        ...one(vantagesFigure(name, id, mine(set?.vantages), palette)),
      ],
    },
  ];
  return tabs.filter(({ figures }) => figures.length > 0);
}

/** Shifts with their intervals: not in a tab, it stands beside the sentences. */
export function groupForest(results: Results, group: Group, id: string, palette: Palette): Figure | null {
  return forestFigure(groupLabel(results, group), id, group.aa, group.comparisons, palette);
}

function partsOf(results: Results, { comparisons }: Group): readonly Decomposition[] {
  return comparisons.flatMap((c) => decompositionOf(results, c) ?? []);
}

/** arms measured in the group's place; panels are headed by the design, as the place is in the section's heading */
function within<T extends ArmName>(group: Group, arms: readonly T[]): readonly T[] {
  return arms
    .filter(
      ({ condition, node }) =>
        (condition ?? group.condition) === group.condition && (node ?? group.node) === group.node,
    )
    .map((arm) => ({ ...arm, heading: arm.design }));
}
