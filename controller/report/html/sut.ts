/** One SUT: what was found in words, the figures, all statistics. */

import type { Results } from '../../analysis/results.ts';
import { blocksFigure } from '../figures/blocks.ts';
import { boxplotFigures } from '../figures/boxplot.ts';
import { forestFigure } from '../figures/forest.ts';
import type { FigureSet } from '../figures/input.ts';
import { lagFigure } from '../figures/lag.ts';
import type { Palette } from '../figures/palette.ts';
import { type Group, groupLabel, type SutView } from '../model.ts';
import { DESIGN_WORDS } from '../words.ts';
import { idFrom, type Markup, markup, unbroken } from './markup.ts';
import { flagList, verdictMarkup } from './parts.ts';
import { statisticsTable } from './statistics.ts';
import { testsSection } from './tests.ts';

export function sutSection(
  results: Results,
  view: SutView,
  id: string,
  figures: FigureSet | null,
  palette: Palette,
): Markup {
  const warnings =
    view.warnings.length > 0 &&
    markup`<ul class="flags">${view.warnings.map((w) => markup`<li>${w.detail}</li>`)}</ul>`;
  const groups = view.groups.map((group, i) =>
    groupPart(results, group, idFrom(`${id}-place`, i + 1), view.groups.length > 1, palette),
  );
  const nothing = view.groups.length === 0 && markup`<p class="missing">n/a (no comparison could be made)</p>`;
  return markup`<section class="sut" aria-labelledby="${id}"><h2 id="${id}">${view.sut}</h2>${warnings}${nothing}${groups}${figurePart(view.sut, id, figures, palette)}${view.groups.map((group) => markup`${statisticsTable(results, group)}${testsSection(results, group)}`)}</section>`;
}

function groupPart(results: Results, group: Group, id: string, heading: boolean, palette: Palette): Markup {
  const label = groupLabel(results, group);
  const designs = [...new Set(group.comparisons.map((c) => c.design))];
  const found = group.comparisons.map(
    (c) => markup`<li>${verdictMarkup(c.verdict)}<p>${unbroken(c.sentence)}</p>${flagList(c.flags)}</li>`,
  );
  return markup`${heading && markup`<h3>${label}</h3>`}<ul class="found">${found}</ul>${forestFigure(label, id, group.aa, group.comparisons, palette)}<ul class="designs">${designs.map((design) => markup`<li><b>${design}</b>: ${DESIGN_WORDS[design]}</li>`)}</ul>`;
}

function figurePart(sut: string, id: string, figures: FigureSet | null, palette: Palette): Markup {
  if (figures === null)
    return markup`<p class="missing">No figures: no samples of ${sut} are stored with these results.</p>`;
  const boxes = boxplotFigures(sut, id, figures.boxes, palette);
  const lag = lagFigure(sut, id, figures.lags, palette);
  const blocks = blocksFigure(sut, id, figures.blocks, palette);
  return markup`${boxes.length > 0 && markup`<h3>Distribution</h3>${boxes}`}${lag && markup`<h3>From the first request to the last</h3>${lag}`}${blocks && markup`<h3>Drift</h3>${blocks}`}`;
}
