/** What the hook's action did, in lines that every plain renderer shares. */

import type { BlockingRow, Results, TraceRow } from '../analysis/results.ts';
import { formatCount } from './format.ts';

/** One line a row; `bad` where something leaked or was denied. Empty unless the action is block. */
export function blockingLines(results: Results): readonly { readonly text: string; readonly bad: boolean }[] {
  return results.blocking.map((row) => ({ text: blockingLine(row), bad: !row.ok }));
}

function blockingLine({ sut, mechanism, refused, served, leaked, denied }: BlockingRow): string {
  const hits = `refused ${formatCount(refused)} of ${formatCount(refused + leaked)} requests with a keyword`;
  const others = `served ${formatCount(served)} of ${formatCount(served + denied)} without`;
  return `${sut}: ${mechanism} ${hits}, ${others}`;
}

/** One line a row. Empty unless the action is trace. */
export function traceLines(results: Results): readonly string[] {
  return results.traces.map(traceLine);
}

function traceLine(row: TraceRow): string {
  const { sut, mechanism, matches, kept, dropped } = row;
  const limited = dropped === 0 ? 'all kept' : `${formatCount(kept)} kept, ${formatCount(dropped)} above the limit`;
  const words = topKeywords(row);
  return `${sut}: ${mechanism} reported ${formatCount(matches)} matches (${limited})${words === '' ? '' : `: ${words}`}`;
}

/** `gopher × 1,060, unknown × 2` */
export function topKeywords({ keywords }: TraceRow): string {
  const name = ({ index, keyword }: TraceRow['keywords'][number]) =>
    index === null ? 'unknown' : keyword === '' ? `keyword ${index}` : keyword;
  return keywords
    .slice(0, 5)
    .map((one) => `${name(one)} × ${formatCount(one.count)}`)
    .join(', ');
}

/** `observe`, or `block (a read fails with EPIPE)` */
export function actionText({ action, blockErrno }: Results['study']): string {
  return blockErrno === null ? action : `${action} (a read with a keyword fails with ${blockErrno})`;
}

/** null where all requests are timed */
export function timedNote(results: Results): string | null {
  if (results.study.timed !== 'requests without a keyword') return null;
  return 'Only requests without a keyword are timed and compared: the others have no answer. Where no hook is, connections are renewed after each request with a keyword just the same.';
}
