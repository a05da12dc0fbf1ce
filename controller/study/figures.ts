/** The figures of a stored study: the analysis reduces, the report draws. */

import { figureCell } from '../analysis/figure-cell.ts';
import type { StudyRecord } from '../analysis/record.ts';
import { blockSeries, lagSeries } from '../analysis/series.ts';
import { shapeSeries } from '../analysis/shape-series.ts';
import { vantageSeries } from '../analysis/vantage-series.ts';
import { type FigureOptions, type FigureSet, figureSets } from '../report/index.ts';

export function figuresFromAnalysis(study: StudyRecord, o: FigureOptions = {}): readonly FigureSet[] {
  return figureSets(study, { figureCell, shapeSeries, lagSeries, blockSeries, vantageSeries }, o);
}
