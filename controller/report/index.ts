/** The only public door of the report. */

export { renderCsv } from './csv.ts';
export { renderDictionary } from './dictionary.ts';
export {
  COLUMN_MM,
  exportFigures,
  type FigureFile,
  LEAST_WIDTH_MM,
  MOST_WIDTH_MM,
} from './figures/export.ts';
export { type FigureOptions, figureSets, type SeriesFunctions } from './figures/from-analysis.ts';
export type {
  BlockPoint,
  BlockSeriesInput,
  BoxInput,
  EcdfInput,
  FigureSet,
  HistogramInput,
  LagBin,
  LagInput,
  VantageInput,
} from './figures/input.ts';
export { paperFigures } from './figures/paper.ts';
export { formatDuration, formatEstimate, formatRatio } from './format.ts';
export { type HtmlInput, renderHtml } from './html.ts';
export { renderJson } from './json.ts';
export { renderComparisonMarkdown } from './markdown/compare.ts';
export { renderGateMarkdown } from './markdown/gate.ts';
export { renderMarkdown } from './markdown.ts';
export { countChecks, renderChecks } from './terminal/checks.ts';
export { renderComparison } from './terminal/compare.ts';
export { renderGate } from './terminal/gate.ts';
export { wrap } from './terminal/layout.ts';
export { renderLine } from './terminal/line.ts';
export { renderTerminal, type TerminalOptions } from './terminal.ts';
export { renderTracesCsv } from './traces-csv.ts';
