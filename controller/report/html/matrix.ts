/** The matrix: a row per mechanism with its layer, a column per place measured. Many places make a table per SUT. */

import type { Comparison, Results } from '../../analysis/results.ts';
import { formatDuration, formatEstimate } from '../format.ts';
import { type Group, groupLabel, sutViews, treatedMechanisms, whyNotMeasured } from '../model.ts';
import { FLAG_WORDS, layerOf, VANTAGE_WORDS, VERDICT_WORDS } from '../words.ts';
import { type Markup, markup } from './markup.ts';
import { flagList, ratioMarkup, shiftMarkup, verdictMarkup } from './parts.ts';
import { placeId } from './place-id.ts';
import { touching } from './touching.ts';

export function matrixSection(results: Results): Markup {
  const views = sutViews(results).filter((view) => view.groups.length > 0);
  const groups = views.flatMap((view) => view.groups);
  const used = new Set(results.comparisons.map((c) => c.verdict));
  const legend = Object.entries(VERDICT_WORDS).filter(([verdict]) => [...used].some((v) => v === verdict));
  const tables = groups.length <= MOST_COLUMNS ? [groups] : views.map((view) => view.groups);
  const body =
    groups.length === 0
      ? markup`<p class="missing">n/a (no comparison could be made)</p>`
      : tables.map((columns, i) => scrolling(results, columns, i));
  return markup`<section aria-labelledby="shifts"><h2 id="shifts">Shift of the median</h2>${body}
<dl class="legend">${legend.map(([verdict, w]) => markup`<div><dt><span class="verdict v-${verdict}"><span aria-hidden="true">${w.symbol}</span> ${w.word}</span></dt><dd>${w.meaning}</dd></div>`)}</dl></section>`;
}

/** more side by side are too narrow for a number with its interval */
const MOST_COLUMNS = 4;

/** a keyboard can scroll what is wider than the page */
function scrolling(results: Results, groups: readonly Group[], index: number): Markup {
  if (groups.length <= MOST_COLUMNS) return table(results, groups, index);
  return markup`<div class="wide-matrix" role="region" tabindex="0" aria-label="Shifts of ${groups[0]?.sut}">${table(results, groups, index)}</div>`;
}

function table(results: Results, groups: readonly Group[], index: number): Markup {
  const confidence = groups.flatMap((g) => g.comparisons).find((c) => c.block !== null)?.block?.confidence;
  const interval = confidence === undefined ? 'its interval' : `its ${Math.round(confidence * 100)} % interval`;
  const caption = `With hook − without, with ${interval}; ratio to the median without the hook.`;
  const heads = groups.map(
    (g) =>
      markup`<th scope="col" role="columnheader"><a class="sut-name" href="#${placeId(results, g)}">${groupLabel(results, g)}</a><span class="sub">${VANTAGE_WORDS[g.vantage]}</span></th>`,
  );
  const rows = treatedMechanisms(results).map((mechanism) => {
    const layer = layerOf(mechanism, results.mechanisms);
    const cells = groups.map((g) =>
      cell(
        results,
        g,
        mechanism,
        g.comparisons.filter((c) => c.treated === mechanism),
      ),
    );
    return markup`<tr role="row"><th scope="row" role="rowheader"><span class="mechanism">${mechanism}</span>${layer && markup`<span class="sub">${layer} layer</span>`}</th>${cells}</tr>`;
  });
  return markup`<table class="matrix${groups.length === 1 && ' single'}" role="table"><caption>${index === 0 ? caption : groups[0]?.sut}</caption><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">hook</th>${heads}</tr></thead><tbody role="rowgroup">${rows}</tbody></table>`;
}

function cell(results: Results, group: Group, mechanism: string, found: readonly Comparison[]): Markup {
  const where = markup`<a class="where" href="#${placeId(results, group)}">${groupLabel(results, group)}</a>`;
  if (found.length === 0) {
    const why = whyNotMeasured(results, group.sut, mechanism);
    return markup`<td role="cell">${where}<span class="missing">n/a (${why})</span></td>`;
  }
  return markup`<td role="cell" class="v-${found[0]?.verdict}">${where}${found.map((c) => one(results, c))}</td>`;
}

function one(results: Results, c: Comparison): Markup {
  const base = markup`<span class="base">${ratioMarkup(c)}base ${formatDuration(c.baselineStats.p50Ns)}</span>`;
  const wrong = c.flags.filter((flag) => TELLING.has(flag.code));
  const others = [...new Set(c.flags.filter((flag) => !TELLING.has(flag.code)).map((f) => FLAG_WORDS[f.code].word))];
  const more =
    others.length > 0 && markup`<span class="more"><span aria-hidden="true">!</span> ${others.join(', ')}</span>`;
  return markup`<div class="cell">${shiftMarkup(c.shifts.p50, c)}${base}${deciding(c)}${verdictMarkup(c.verdict)}${touching(results, c)}${flagList(wrong)}${more}</div>`;
}

/** The verdict of arms one after the other is about the mean, which may lie on the other side of zero than the median. */
function deciding(c: Comparison): Markup | null {
  if (c.block?.statistic !== 'mean') return null;
  const { value, interval } = formatEstimate(c.block);
  return markup`<span class="base">decided at the mean: <data value="${c.block.estimateNs}">${value}</data> <span class="interval-text">${interval}</span></span>`;
}

/** flags that change how the number in the matrix is read; of the others it has the word, and the SUT's section the rest */
const TELLING: ReadonlySet<string> = new Set([
  'aa-failed',
  'throttled',
  'incomplete',
  'negative-overhead',
  'arms-not-interleaved',
  'arms-apart',
]);
