/** Where a cell of the matrix leads. */

import type { Results } from '../../analysis/results.ts';
import { type Group, groupLabel, sutViews } from '../model.ts';
import { idFrom } from './markup.ts';

/** The id of a group's part of the page: the same wherever it is asked for. */
export function placeId(results: Results, group: Group): string {
  const all = sutViews(results).flatMap((view) => view.groups);
  const at = all.findIndex(
    (one) =>
      one.sut === group.sut &&
      one.condition === group.condition &&
      one.node === group.node &&
      one.vantage === group.vantage,
  );
  return idFrom(`at-${groupLabel(results, group)}`, at + 1);
}
