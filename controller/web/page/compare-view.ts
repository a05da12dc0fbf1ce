/** Two stored studies side by side. */

import { formatDuration, formatEstimate } from '../../report/format.ts';
import { VERDICT_WORDS } from '../../report/words.ts';
import type { DifferenceView, ShiftView, SideBySide, SideRow, SideStudy } from '../side-by-side.ts';
import type { StudySummary } from '../studies.ts';
import { fill, h } from './dom.ts';
import { get } from './server.ts';
import { tellDate } from './words.ts';

export async function compareView(main: HTMLElement): Promise<void> {
  const asked = new URLSearchParams(location.search);
  const [a, b] = [asked.get('a') ?? '', asked.get('b') ?? ''];
  const studies = await get<StudySummary[]>('/api/studies');
  const choice = chooser(studies, { a, b });
  const title = h('h1', {}, 'Compare two studies');
  if (a === '' || b === '') {
    fill(main, h('section', { class: 'panel' }, title, choice));
    return;
  }
  const both = await get<SideBySide>(`/api/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`);
  fill(
    main,
    h(
      'section',
      { class: 'panel' },
      title,
      choice,
      h('div', { class: 'two' }, studyFacts('A', both.a), studyFacts('B', both.b)),
      ...differences(both),
    ),
  );
}

function chooser(studies: readonly StudySummary[], chosen: { a: string; b: string }): HTMLElement {
  const withResults = studies.filter(({ aaPassed, verdicts }) => aaPassed !== null || Object.keys(verdicts).length > 0);
  const select = (name: 'a' | 'b') =>
    h(
      'label',
      {},
      name.toUpperCase(),
      h(
        'select',
        { name, required: true },
        ...withResults.map(({ id, suts }) =>
          h('option', { value: id, selected: id === chosen[name] }, `${id} (${suts.join(', ')})`),
        ),
      ),
    );
  if (withResults.length < 2) return h('p', { class: 'muted' }, 'This takes two studies with results.');
  return h(
    'form',
    { class: 'chooser', method: 'get', action: '/compare' },
    select('a'),
    select('b'),
    h('button', { class: 'primary' }, 'Compare'),
  );
}

function studyFacts(name: string, study: SideStudy): HTMLElement {
  const rows: [string, Node | string][] = [
    ['study', h('a', { href: `/studies/${encodeURIComponent(study.id)}/report.html` }, study.id)],
    ['started', `${tellDate(study.startedAt)} UTC`],
    ['status', study.status],
    ['nodes', study.nodes.join(', ')],
    ['kernel', study.kernels.join(', ')],
    ['hookbench', study.hookbenchVersion],
    ['A/A', study.aaPassed ? '✓ passed' : '✕ failed: its shifts are not to be used'],
  ];
  return h(
    'div',
    { class: 'side' },
    h('h2', {}, name),
    h('dl', { class: 'host' }, ...rows.map(([word, value]) => h('div', {}, h('dt', {}, word), h('dd', {}, value)))),
  );
}

function differences({ rows, method }: SideBySide): HTMLElement[] {
  if (rows.length === 0) return [h('p', { class: 'notice' }, 'Neither study has a comparison.')];
  const head = ['cell', 'hook', 'shift in A', 'shift in B', 'B − A'];
  return [
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Differences' },
      h(
        'table',
        { class: 'sides' },
        h('thead', {}, h('tr', {}, ...head.map((word) => h('th', { scope: 'col' }, word)))),
        h('tbody', {}, ...rows.map(row)),
      ),
    ),
    h('p', { class: 'muted' }, method),
  ];
}

function row(one: SideRow): HTMLElement {
  const where = [one.condition, one.node, one.vantage, one.design].filter((word) => word !== '').join(', ');
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, one.sut, h('span', { class: 'sub' }, where)),
    h('td', { 'data-label': 'hook' }, one.treated),
    h('td', { 'data-label': 'shift in A' }, ...shift(one.a)),
    h('td', { 'data-label': 'shift in B' }, ...shift(one.b)),
    h('td', { 'data-label': 'B − A' }, ...difference(one.difference)),
  );
}

function shift(view: ShiftView | null): Node[] {
  if (view === null) return [h('span', { class: 'muted' }, 'n/a')];
  const { value, interval } = formatEstimate(view);
  const { symbol, word } = VERDICT_WORDS[view.verdict as keyof typeof VERDICT_WORDS] ?? {
    symbol: '',
    word: view.verdict,
  };
  return [
    h('b', {}, value),
    h('span', { class: 'sub' }, `${interval} · base ${formatDuration(view.baseNs)}`),
    h('span', { class: `verdict v-${view.verdict}` }, `${symbol} ${word}`),
  ];
}

function difference(view: DifferenceView | null): Node[] {
  if (view === null) return [h('span', { class: 'muted' }, 'n/a')];
  const { value, interval } = formatEstimate(view);
  const holdsZero = view.lowNs <= 0 && view.highNs >= 0;
  const word = holdsZero ? '○ no difference found' : view.estimateNs > 0 ? '▲ B costs more' : '▼ B costs less';
  return [
    h('b', {}, value),
    h('span', { class: 'sub' }, interval),
    h('span', { class: `verdict ${holdsZero ? 'v-no-detectable-difference' : 'v-overhead'}` }, word),
  ];
}
