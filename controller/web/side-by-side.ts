/** Two stored studies side by side: the comparison of `hookbench compare`, and what the page says of each study besides. Pure. */

import type { Results } from '../analysis/results.ts';
import { compareStudies, type StudyComparison } from '../compare/index.ts';

export interface SideStudy {
  readonly nodes: readonly string[];
  readonly kernels: readonly string[];
  /** null where no A/A was measured */
  readonly aaPassed: boolean | null;
}

export interface SideBySide {
  readonly comparison: StudyComparison;
  readonly a: SideStudy;
  readonly b: SideStudy;
}

/** At the median, as the verdicts of studies are. @throws BenchError usage: the same study twice, another action, or no cell in common */
export function sideBySide(a: Results, b: Results): SideBySide {
  return { comparison: compareStudies(a, b), a: sideOf(a), b: sideOf(b) };
}

function sideOf({ nodes, aa }: Results): SideStudy {
  return {
    nodes: nodes.map((node) => node.id),
    kernels: [...new Set(nodes.map((node) => node.kernel))],
    aaPassed: aa.comparisons.length === 0 ? null : aa.passed,
  };
}
