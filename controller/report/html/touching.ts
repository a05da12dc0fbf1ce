/** What touches a number, right beside it: did the hook see every read, did every sample arrive. */

import type { Comparison, Results } from '../../analysis/results.ts';
import { formatCount, formatPercent } from '../format.ts';
import { lossFor, parityFor, worstParity } from '../model.ts';
import { type Markup, markup } from './markup.ts';

/** `parity 100 % ✓ · lost 0 ✓`; what nobody counted says so */
export function touching(results: Results, c: Comparison): Markup {
  const parity = worstParity(parityFor(results, c));
  const loss = lossFor(results, c);
  const parityPart = parity === null ? missing('parity') : state(parity.ok, `parity ${formatPercent(parity.ratio)}`);
  const lossPart = loss === null ? missing('loss') : state(loss.lost === 0, lossText(loss.lost, loss.received));
  return markup`<span class="touching">${parityPart} · ${lossPart}</span>`;
}

function lossText(lost: number, received: number): string {
  return lost === 0 ? 'lost 0' : `${formatCount(lost)} of ${formatCount(lost + received)} samples lost`;
}

function missing(what: string): Markup {
  return markup`<span class="missing">${what} n/a (not counted)</span>`;
}

function state(ok: boolean, text: string): Markup {
  return markup`<span class="nb${ok ? '' : ' not-ok'}">${text} <span aria-hidden="true" class="${ok ? 'ok' : 'not-ok'}">${ok ? '✓' : '✕'}</span></span>`;
}
