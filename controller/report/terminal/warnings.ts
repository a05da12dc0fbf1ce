/** Everything that weakens a number: losses, the study's warnings, and each kind of flag once. */

import type { Results } from '../../analysis/results.ts';
import { type FoldedFlag, foldFlags, namesText } from '../folded-flags.ts';
import { formatCount } from '../format.ts';
import { studyWarnings, unmatchedLoss } from '../model.ts';
import { plainText, wrap } from './layout.ts';
import type { Paint } from './paint.ts';

/** @param width of prose; @param verbose the detail of every row, also of flags that change no verdict */
export function warningLines(results: Results, width: number, paint: Paint, verbose: boolean): readonly string[] {
  const loss = unmatchedLoss(results).map(
    (row) =>
      `${row.hop} lost ${formatCount(row.lost)} of ${formatCount(row.lost + row.received)} samples (${row.sut}, ${row.mechanism}, ${row.node})`,
  );
  const study = [...loss, ...studyWarnings(results).map((w) => w.detail)].flatMap((text) =>
    wrap(`! ${plainText(text)}`, width, 2, 4),
  );
  const folded = foldFlags(results);
  const flags = folded.flatMap((flag) => flagLines(flag, width, verbose));
  if (study.length + flags.length === 0) return [];
  const hidden = !verbose && folded.some(({ grave }) => !grave);
  const hint = hidden ? wrap('each row with its details: --verbose, or the report', width, 2).map(paint.dim) : [];
  return [paint.bold('Warnings'), ...hint, ...[...flags, ...study].map((line) => paint.warn(line))];
}

function flagLines(flag: FoldedFlag, width: number, verbose: boolean): readonly string[] {
  const { word, rows, of, details, meaning } = flag;
  const names = details.flatMap((one) => one.names);
  if (!verbose && !flag.grave) {
    const which = rows <= 2 || rows === of ? namesText(names, of) : `${rows} of ${of} rows`;
    return wrap(`! ${word} (${plainText(which)}): ${meaning}`, width, 2, 4);
  }
  return details.flatMap(({ names: own, detail }) =>
    wrap(`! ${word} (${plainText(namesText(own, of))}): ${plainText(detail)}`, width, 2, 4),
  );
}
