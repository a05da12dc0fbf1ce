/** The figures of a stored study: the analysis reduces, the report draws. */

import { figureCell } from '../analysis/figure-cell.ts';
import type { StudyRecord } from '../analysis/record.ts';
import { blockSeries, boxSeries, lagSeries } from '../analysis/series.ts';
import { type FigureSet, figureSets } from '../report/index.ts';

export function figuresFromAnalysis(study: StudyRecord): readonly FigureSet[] {
  return figureSets(study, { figureCell, boxSeries, lagSeries, blockSeries });
}
