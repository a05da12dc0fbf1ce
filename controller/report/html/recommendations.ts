/** The ten recommendations of the paper, each with what this study did about it. */

import type { Recommendation, Results } from '../../analysis/results.ts';
import { RECOMMENDATION_TITLES } from '../words.ts';
import { type Markup, markup } from './markup.ts';
import { observationsTable } from './observations.ts';

const STATUS: Readonly<Record<Recommendation['status'], { readonly symbol: string; readonly word: string }>> = {
  met: { symbol: '✓', word: 'met' },
  unmet: { symbol: '✕', word: 'not met' },
  'not-applicable': { symbol: '–', word: 'not applicable' },
};

export function recommendationsSection(results: Results): Markup {
  const items = results.recommendations.map((r) => {
    const { symbol, word } = STATUS[r.status];
    const title = Object.hasOwn(RECOMMENDATION_TITLES, r.id) ? RECOMMENDATION_TITLES[r.id] : '';
    return markup`<li class="r-${r.status}"><span class="r-id">${r.id}</span><div><p><b>${title}</b> <span class="r-status"><span aria-hidden="true">${symbol}</span> ${word}</span></p><p class="evidence">${lines(r.evidence)}</p></div></li>`;
  });
  const body =
    items.length > 0
      ? markup`<ol class="recommendations">${items}</ol>`
      : markup`<p class="missing">n/a (not assessed)</p>`;
  return markup`<section aria-labelledby="recommendations"><h2 id="recommendations">The ten recommendations</h2><p>After Kahlhofer et al., with what this study has to show for each.</p>${body}${observationsTable(results)}</section>`;
}

/** a line for each place or comparison */
function lines(evidence: string): readonly Markup[] {
  return evidence.split(/(?<=;) /).map((part, i) => (i === 0 ? markup`${part}` : markup`<br>${part}`));
}
