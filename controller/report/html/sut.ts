/** One SUT: what was found in words, the shifts, a closer look in tabs, all statistics. */

import type { Results } from '../../analysis/results.ts';
import { groupFigures, groupForest } from '../figures/group.ts';
import type { FigureSet } from '../figures/input.ts';
import type { Palette } from '../figures/palette.ts';
import { type Group, groupLabel, type SutView } from '../model.ts';
import { DESIGN_WORDS } from '../words.ts';
import { figureMarkup } from './figure.ts';
import { type Markup, markup, unbroken } from './markup.ts';
import { flagList, verdictMarkup } from './parts.ts';
import { placeId } from './place-id.ts';
import { statisticsTable } from './statistics.ts';
import { tabs } from './tabs.ts';
import { testsSection } from './tests.ts';
import { touching } from './touching.ts';

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
  const groups = view.groups.map((group) => groupPart(results, group, view.groups.length > 1, figures, palette));
  const nothing = view.groups.length === 0 && markup`<p class="missing">n/a (no comparison could be made)</p>`;
  const samples =
    figures === null &&
    markup`<p class="missing">No figures: no samples of ${view.sut} are stored with these results.</p>`;
  return markup`<section class="sut" aria-labelledby="${id}"><h2 id="${id}">${view.sut}</h2>${warnings}${nothing}${samples}${groups}</section>`;
}

function groupPart(
  results: Results,
  group: Group,
  heading: boolean,
  figures: FigureSet | null,
  palette: Palette,
): Markup {
  const label = groupLabel(results, group);
  const id = placeId(results, group);
  const designs = [...new Set(group.comparisons.map((c) => c.design))];
  const found = group.comparisons.map(
    (c) =>
      markup`<li>${verdictMarkup(c.verdict)}<p>${unbroken(c.sentence)}</p>${touching(results, c)}${flagList(c.flags)}</li>`,
  );
  const forest = groupForest(results, group, id, palette);
  const closer = groupFigures(results, group, id, figures, palette);
  return markup`<div class="place" id="${id}">${heading && markup`<h3>${label}</h3>`}<ul class="found">${found}</ul>${forest && figureMarkup(forest)}<ul class="designs">${designs.map((design) => markup`<li><b>${design}</b>: ${DESIGN_WORDS[design]}</li>`)}</ul>${
    closer.length > 0 &&
    markup`<h3>A closer look</h3>${tabs(
      `${id}-tab`,
      `Figures of ${label}`,
      closer.map(({ tab, figures: drawn }) => ({ label: tab, body: drawn.map(figureMarkup) })),
    )}`
  }${statisticsTable(results, group)}${testsSection(results, group)}</div>`;
}
