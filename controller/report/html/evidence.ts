/** What must hold for the numbers to count: every hook saw the same reads, nothing was lost on the way. */

import type { InsideView, LossRow, ParityRow, Results } from '../../analysis/results.ts';
import { formatCount, formatPercent } from '../format.ts';
import { VANTAGE_WORDS } from '../words.ts';
import { type Markup, markup } from './markup.ts';
import { durationMarkup, scrollTable } from './parts.ts';

export function evidenceSections(results: Results): Markup {
  const places = new Set(results.parity.map((row) => `${row.condition} ${row.node}`)).size > 1;
  return markup`<section aria-labelledby="parity"><h2 id="parity">Parity and loss</h2>
<p>A hook that misses reads is cheap for the wrong reason. Parity sets what each hook saw against what must have passed; loss counts samples that were taken and did not arrive.</p>
${results.parity.length > 0 ? parityTable(results.parity, places) : markup`<p class="missing">Parity n/a (not counted)</p>`}
${results.loss.length > 0 ? lossTable(results.loss) : markup`<p class="missing">Loss n/a (not counted)</p>`}</section>
${results.inside.length > 0 && insideSection(results.inside)}`;
}

function parityTable(rows: readonly ParityRow[], places: boolean): Markup {
  const seen = (have: number, of: number) => `${formatCount(have)} of ${formatCount(of)}`;
  return scrollTable({
    label: 'Parity',
    caption: 'Parity: seen by the hook, of what must have been seen',
    head: ['SUT', 'hook', 'parity', 'counted by', 'reads', 'bytes', 'keyword hits'],
    numeric: [2, 4, 5, 6],
    rows: rows.map((row) => [
      places ? `${row.sut} · ${row.condition} · ${row.node}` : row.sut,
      row.mechanism,
      state(row.ok, formatPercent(row.ratio)),
      row.source === 'load' ? 'load generator' : 'kernel',
      seen(row.seenReads, row.expectedReads),
      row.expectedBytes === 0 && row.seenBytes === 0
        ? 'not known: it counts requests'
        : seen(row.seenBytes, row.expectedBytes),
      seen(row.seenHits, row.expectedHits),
    ]),
  });
}

function lossTable(rows: readonly LossRow[]): Markup {
  return scrollTable({
    label: 'Loss',
    caption: 'Loss at every hop between the hook and the store',
    head: ['SUT', 'hook', 'hop', 'lost', 'received'],
    numeric: [3, 4],
    rows: rows.map((row) => [
      row.sut,
      row.mechanism,
      row.hop,
      state(row.lost === 0, formatCount(row.lost)),
      formatCount(row.received),
    ]),
  });
}

function insideSection(rows: readonly InsideView[]): Markup {
  const table = scrollTable({
    label: 'Inside views',
    caption: 'Latency as seen from inside the hook. Histogram: counted in the kernel, values are bucket midpoints.',
    head: ['SUT', 'hook', 'clock', 'n', 'p25', 'p50', 'p75', 'p99', 'max'],
    numeric: [3, 4, 5, 6, 7, 8],
    rows: rows.map((row) => [
      row.sut,
      markup`${row.mechanism}<span class="sub">${row.source}</span>`,
      markup`${row.vantage}<span class="sub">${VANTAGE_WORDS[row.vantage]}</span>`,
      formatCount(row.stats.n),
      durationMarkup(row.stats.p25Ns),
      durationMarkup(row.stats.p50Ns),
      durationMarkup(row.stats.p75Ns),
      durationMarkup(row.stats.p99Ns),
      durationMarkup(row.stats.maxNs),
    ]),
  });
  return markup`<section aria-labelledby="inside"><h2 id="inside">Inside the hooks</h2><p><b>Not comparable with each other or with anything above.</b> Each clock stands somewhere else and none of these places has a baseline: they show what a hook saw, not what it cost.</p>${table}</section>`;
}

function state(ok: boolean, text: string): Markup {
  return markup`<span class="${ok ? 'ok' : 'not-ok'}">${text} <span aria-hidden="true">${ok ? '✓' : '✕'}</span><span class="hidden">${ok ? 'ok' : 'not ok'}</span></span>`;
}
