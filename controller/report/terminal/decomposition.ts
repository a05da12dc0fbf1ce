/** What hooks cost processes beside, where shifts come from, micro beside macro. */

import type { Results } from '../../analysis/results.ts';
import { bystanderLines, kernelTimeLines } from '../bystanders.ts';
import { decompositionLines, microMacroLines } from '../decomposition.ts';
import { plainText, wrap } from './layout.ts';
import type { Paint } from './paint.ts';

/** @returns one list of lines per part that has anything to say */
export function decompositionParts(
  results: Results,
  width: number,
  paint: Paint,
  verbose: boolean,
): readonly (readonly string[])[] {
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [paint.bold(title), ...lines.flatMap((line) => wrap(plainText(line), width, 2, 4))];
  const beside = part('Processes that no hook watches', bystanderLines(results));
  if (!verbose) return results.bystanders?.notMeasured === null ? [beside] : [];
  return [
    beside,
    part('Where the shifts come from', decompositionLines(results)),
    part('What attached hooks take by the kernel’s own account', kernelTimeLines(results)),
    part('A request beside its reads', microMacroLines(results)),
  ];
}
