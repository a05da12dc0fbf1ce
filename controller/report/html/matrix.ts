/** The matrix: a row per mechanism with its layer, a column per place measured. */

import type { Comparison, Results } from '../../analysis/results.ts';
import { formatDuration, formatPercent } from '../format.ts';
import { type Group, groupLabel, lossFor, parityFor, sutViews, treatedMechanisms, worstParity } from '../model.ts';
import { layerOf, VANTAGE_WORDS, VERDICT_WORDS } from '../words.ts';
import { type Markup, markup } from './markup.ts';
import { flagList, ratioMarkup, shiftMarkup, verdictMarkup } from './parts.ts';

export function matrixSection(results: Results): Markup {
  const groups = sutViews(results).flatMap((view) => view.groups);
  const used = new Set(results.comparisons.map((c) => c.verdict));
  const legend = Object.entries(VERDICT_WORDS).filter(([verdict]) => [...used].some((v) => v === verdict));
  const body =
    groups.length === 0 ? markup`<p class="missing">n/a (no comparison could be made)</p>` : table(results, groups);
  return markup`<section aria-labelledby="shifts"><h2 id="shifts">Shift of the median</h2>${body}
<dl class="legend">${legend.map(([verdict, w]) => markup`<div><dt><span class="verdict v-${verdict}"><span aria-hidden="true">${w.symbol}</span> ${w.word}</span></dt><dd>${w.meaning}</dd></div>`)}</dl></section>`;
}

function table(results: Results, groups: readonly Group[]): Markup {
  const confidence = groups.flatMap((g) => g.comparisons).find((c) => c.block !== null)?.block?.confidence;
  const interval = confidence === undefined ? 'its interval' : `its ${Math.round(confidence * 100)} % interval`;
  const heads = groups.map(
    (g) =>
      markup`<th scope="col" role="columnheader"><span class="sut-name">${groupLabel(results, g)}</span><span class="sub">${VANTAGE_WORDS[g.vantage]}</span></th>`,
  );
  const rows = treatedMechanisms(results).map((mechanism) => {
    const layer = layerOf(mechanism);
    const cells = groups.map((g) =>
      cell(
        results,
        g,
        g.comparisons.filter((c) => c.treated === mechanism),
      ),
    );
    return markup`<tr role="row"><th scope="row" role="rowheader"><span class="mechanism">${mechanism}</span>${layer && markup`<span class="sub">${layer} layer</span>`}</th>${cells}</tr>`;
  });
  return markup`<table class="matrix${groups.length === 1 && ' single'}" role="table"><caption>With hook − without, with ${interval}; ratio to the median without the hook.</caption><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">hook</th>${heads}</tr></thead><tbody role="rowgroup">${rows}</tbody></table>`;
}

function cell(results: Results, group: Group, found: readonly Comparison[]): Markup {
  const label = groupLabel(results, group);
  if (found.length === 0)
    return markup`<td role="cell"><span class="where">${label}</span><span class="missing">n/a (not measured)</span></td>`;
  return markup`<td role="cell" class="v-${found[0]?.verdict}"><span class="where">${label}</span>${found.map((c) => one(results, c))}</td>`;
}

function one(results: Results, c: Comparison): Markup {
  const parity = worstParity(parityFor(results, c));
  const loss = lossFor(results, c);
  const trouble = [
    parity !== null && !parity.ok ? `parity ${formatPercent(parity.ratio)}` : null,
    loss !== null && loss.lost > 0 ? `${loss.lost} samples lost` : null,
  ].filter((text) => text !== null);
  const base = markup`<span class="base">${ratioMarkup(c)}base ${formatDuration(c.baselineStats.p50Ns)}</span>`;
  const wrong = c.flags.filter((flag) => TELLING.has(flag.code));
  return markup`<div class="cell">${shiftMarkup(c.shifts.p50, c)}${base}${verdictMarkup(c.verdict)}${trouble.length > 0 && markup`<span class="trouble">${trouble.join(', ')}</span>`}${flagList(wrong)}</div>`;
}

/** flags that change how the number in the matrix is read; the others stand in the SUT's section */
const TELLING: ReadonlySet<string> = new Set([
  'aa-failed',
  'throttled',
  'incomplete',
  'negative-overhead',
  'arms-not-interleaved',
  'arms-apart',
]);
