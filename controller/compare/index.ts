/** The only public door of compare. */

export { compareStudies } from './studies.ts';
export {
  type CellName,
  COMPARED_STATISTICS,
  COMPARISON_SCHEMA,
  type ComparedCell,
  type ComparedStatistic,
  type ComparedStudy,
  type Difference,
  type DifferenceVerdict,
  type SettingDifference,
  type Side,
  type StudyComparison,
  type UncomparedCell,
} from './types.ts';
export { whyUnusable } from './usable.ts';
