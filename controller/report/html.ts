/** The report: one file without a script, a font or an image from elsewhere. It opens from disk and prints. */

import type { Results } from '../analysis/results.ts';
import { question } from './answer.ts';
import type { FigureSet } from './figures/input.ts';
import { paletteFor } from './figures/palette.ts';
import { aaSection } from './html/aa.ts';
import { evidenceSections } from './html/evidence.ts';
import { headSection } from './html/head.ts';
import { hooksSection } from './html/hooks.ts';
import { idFrom, markup } from './html/markup.ts';
import { matrixSection } from './html/matrix.ts';
import { methodSections } from './html/method.ts';
import { type NavItem, page } from './html/page.ts';
import { placesSection } from './html/places.ts';
import { rankingSection } from './html/ranking.ts';
import { recommendationsSection } from './html/recommendations.ts';
import { sourcesSection } from './html/sources.ts';
import { sutSection } from './html/sut.ts';
import { sutViews, treatedMechanisms } from './model.ts';

export interface HtmlInput {
  readonly results: Results;
  /** one per SUT; a SUT without one gets its tables and a note */
  readonly figures: readonly FigureSet[];
}

/** @returns a complete HTML document. Every text of the study is escaped.
 * @throws RangeError where an estimate is not finite */
export function renderHtml({ results, figures }: HtmlInput): string {
  const palette = paletteFor(treatedMechanisms(results));
  const suts = sutViews(results).map((view, i) => ({ view, id: idFrom(view.sut, i + 1) }));
  const places = placesSection(results, palette);
  const ranking = rankingSection(results);
  const parts = sourcesSection(results);
  const nav: readonly NavItem[] = [
    { id: 'shifts', label: 'Shifts' },
    ...(ranking === null ? [] : [{ id: 'ranking', label: 'Ranking' }]),
    ...suts.map(({ view, id }) => ({ id, label: view.sut })),
    ...(places === null ? [] : [{ id: 'places', label: 'Across places' }]),
    ...(parts === null ? [] : [{ id: 'parts', label: 'Where shifts come from' }]),
    ...(results.mechanisms.length > 0 ? [{ id: 'hooks', label: 'Hooks' }] : []),
    { id: 'parity', label: 'Parity and loss' },
    { id: 'recommendations', label: 'Recommendations' },
    { id: 'method', label: 'How it was measured' },
    { id: 'cite', label: 'Cite' },
  ];
  const body = markup`${headSection(results, nav)}${aaSection(results)}${matrixSection(results)}${ranking}${suts.map(
    ({ view, id }) => sutSection(results, view, id, figures.find((set) => set.sut === view.sut) ?? null, palette),
  )}${places}${parts}${hooksSection(results)}${evidenceSections(results)}${recommendationsSection(results)}${methodSections(results)}`;
  return page({ title: question(results), description: results.study.id, body }).text;
}
