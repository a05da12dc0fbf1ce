/** Which hook costs less than which: a row per hook, with those it is separated from and those it is not. */

import type { RankedHook, RankedPair, Ranking, Results } from '../../analysis/results.ts';
import { formatEstimate, formatP } from '../format.ts';
import { rankedPlace, rankingLines } from '../ranking.ts';
import { type Insertable, type Markup, markup } from './markup.ts';
import { scrollTable } from './parts.ts';

/** null where no SUT has two hooks to rank */
export function rankingSection(results: Results): Markup | null {
  const { rankings = [], nodes } = results;
  if (rankings.length === 0) return null;
  const lines = rankingLines(results).map((line) => markup`<li>${line}</li>`);
  const tables = rankings.map((one) => table(one, rankedPlace(one, nodes.length > 1)));
  return markup`<section aria-labelledby="ranking"><h2 id="ranking">Which hook costs less</h2><p>Cheapest first; < between neighbours that are told apart, ≈ between those that are not separated.</p><ul class="designs">${lines}</ul>${tables}<p class="missing">Differences are between the shifts of the same process starts. Two hooks inside the program alternate with each other; a hook that is attached from outside has a baseline of its own, and so the shifts are compared, not the latencies. p is corrected over the pairs of a SUT (Holm).</p></section>`;
}

function table(ranking: Ranking, place: string): Markup {
  return scrollTable({
    cards: true,
    label: `Hooks on ${place} by cost`,
    caption: `${place}: what each hook adds to the ${ranking.vantage}'s median, and what the others add beyond it. Hooks that nothing separates share a rank.`,
    head: ['hook', 'rank', 'shift', 'costs less than', 'not separated from'],
    numeric: [1, 2],
    rows: ranking.hooks.map((hook) => [
      markup`${hook.treated}<span class="sub">${hook.layer !== '' && `${hook.layer}, `}${hook.design}</span>`,
      `${hook.rank}`,
      shift(hook),
      partners(
        ranking.pairs.filter((pair) => pair.isSeparated && pair.cheaper === hook.treated),
        hook,
      ),
      partners(
        ranking.pairs.filter((pair) => !pair.isSeparated && isOf(pair, hook)),
        hook,
      ),
    ]),
  });
}

function isOf({ cheaper, dearer }: RankedPair, { treated }: RankedHook): boolean {
  return cheaper === treated || dearer === treated;
}

function shift({ shift: e }: RankedHook): Markup {
  const { value, interval } = formatEstimate(e);
  return markup`<span class="shift"><data class="estimate" value="${e.estimateNs}">${value}</data> <span class="interval-text"><data value="${e.lowNs} ${e.highNs}">${interval}</data></span></span>`;
}

/** each with what it adds beyond the hook of the row */
function partners(pairs: readonly RankedPair[], { treated }: RankedHook): Insertable {
  if (pairs.length === 0) return '–';
  return markup`<ul class="reasons">${pairs.map((pair) => markup`<li>${partner(pair, treated)}</li>`)}</ul>`;
}

function partner({ cheaper, dearer, difference, pHolm }: RankedPair, of: string): string {
  const isCheaper = cheaper === of;
  const name = isCheaper ? dearer : cheaper;
  if (difference === null || pHolm === null) return `${name}: fewer than two process starts in common`;
  const { estimateNs, lowNs, highNs } = difference;
  const turned = isCheaper ? difference : { estimateNs: -estimateNs, lowNs: -highNs, highNs: -lowNs };
  return `${name}: ${formatEstimate(turned).text}, ${formatP(pHolm)}`;
}
