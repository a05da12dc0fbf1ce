import type { StudyRecord } from './record.ts';
import type { Design } from './results.ts';
import { type Cell, cellsOf } from './select.ts';

/** where, if the study ran in more than one place; the first place otherwise */
export interface Place {
  readonly node?: string;
  readonly condition?: string;
}

/** The cell of a SUT and design that the figures show, at client or caller. */
export function figureCell(study: StudyRecord, sut: string, design: Design, at: Place): Cell | undefined {
  return cellsOf(study, ['client', 'caller']).find(
    (cell) =>
      cell.sut === sut &&
      cell.design === design &&
      cell.node === (at.node ?? cell.node) &&
      cell.condition === (at.condition ?? cell.condition),
  );
}
