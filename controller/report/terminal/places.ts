/** Across conditions and nodes, and what would narrow the intervals. */

import type { Results } from '../../analysis/results.ts';
import { interactionLines, pooledLines, varianceLines } from '../places.ts';
import { plainText, wrap } from './layout.ts';
import type { Paint } from './paint.ts';

/** @returns one list of lines per part that has anything to say */
export function placeLines(results: Results, columns: number, paint: Paint): readonly (readonly string[])[] {
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [paint.bold(title), ...lines.flatMap((line) => wrap(plainText(line), columns, 2, 4))];
  return [
    part('Over all nodes', pooledLines(results)),
    part('From place to place', interactionLines(results)),
    part('What the intervals come from', varianceLines(results)),
  ];
}
