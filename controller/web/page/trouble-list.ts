/** Losses at each hop, parity of each hook, and warnings as they come. */

import type { LossView, ParityView, TroubleView } from '../../live/view.ts';
import { fill, h, whenChanged } from './dom.ts';
import type { State } from './stream.ts';

const HOPS: Readonly<Record<string, string>> = {
  load: 'load generator',
  ring: 'ring of the library',
  bpf: 'buffer in the kernel',
  spool: 'spool of the agent',
  stream: 'stream to the controller',
};

export function troubleList(box: HTMLElement): (state: State) => void {
  const counts = h('div', { class: 'counts' });
  const list = h('ol', { class: 'troubles' });
  fill(box, counts, h('div', { role: 'log', 'aria-label': 'Warnings' }, list));
  const showCounts = whenChanged<{ losses: readonly LossView[]; parity: readonly ParityView[] }>(({ losses, parity }) =>
    fill(counts, ...losses.map(lossChip), ...parity.map(parityChip)),
  );
  const showList = whenChanged<readonly TroubleView[]>((troubles) => {
    if (troubles.length === 0) fill(list, h('li', { class: 'muted plain' }, 'No warning so far.'));
    else fill(list, ...troubles.map(item));
  });
  return ({ losses, parity, troubles }) => {
    showCounts({ losses, parity });
    showList(troubles);
  };
}

function lossChip({ hop, received, lost }: LossView): HTMLElement {
  const of = (received + lost).toLocaleString('en');
  return chip(lost === 0, lost === 0 ? 'nothing lost' : `${lost.toLocaleString('en')} lost of ${of}`, HOPS[hop] ?? hop);
}

function parityChip({ mechanism, expected, seen, ok }: ParityView): HTMLElement {
  const share = expected === 0 ? 100 : (100 * seen) / expected;
  // what is not all must not be shown as all
  const text = ok ? 'saw every read' : `saw ${Math.min(share, 99.99).toFixed(2)} % of the reads`;
  return chip(ok, text, mechanism);
}

function chip(ok: boolean, text: string, of: string): HTMLElement {
  const sign = h('span', { 'aria-hidden': 'true' }, ok ? '✓' : '✕');
  return h(
    'p',
    { class: `count-chip ${ok ? 'ok' : 'not-ok'}` },
    sign,
    h('b', {}, text),
    h('span', { class: 'muted' }, of),
  );
}

function item({ atMs, code, detail, times }: TroubleView): HTMLElement {
  const at = new Date(atMs);
  const often = times > 1 ? ` (${times} times)` : '';
  return h(
    'li',
    {},
    h('time', { datetime: at.toISOString() }, at.toLocaleTimeString('en-GB')),
    h('span', {}, h('b', {}, code.replaceAll('-', ' ')), ` ${detail}${often}`),
  );
}
