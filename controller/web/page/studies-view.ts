/** The stored studies: newest first, with their reports, and two to choose for a comparison. */

import { VERDICT_WORDS } from '../../report/words.ts';
import type { StudySummary } from '../studies.ts';
import { fill, h, say } from './dom.ts';
import { get } from './server.ts';
import { tellDate } from './words.ts';

export async function studiesView(main: HTMLElement): Promise<void> {
  const studies = await get<StudySummary[]>('/api/studies');
  if (studies.length === 0) {
    fill(
      main,
      h(
        'section',
        { class: 'panel' },
        h('h1', {}, 'Studies'),
        h('p', { class: 'muted' }, 'No study is stored here yet: hookbench run makes one.'),
      ),
    );
    return;
  }
  const said = h('p', { class: 'muted', role: 'status' }, 'Choose two to compare.');
  const button = h('button', { class: 'primary', disabled: true }, 'Compare the two');
  const chosen = () =>
    [...main.querySelectorAll<HTMLInputElement>('input[name=study]:checked')].map(({ value }) => value);
  const onchange = () => {
    const n = chosen().length;
    button.disabled = n !== 2;
    say(
      said,
      n === 2 ? 'A is the older one.' : n > 2 ? `${n} are chosen: two can be compared.` : 'Choose two to compare.',
    );
  };
  const onsubmit = (event: Event) => {
    event.preventDefault();
    const [b, a] = chosen();
    if (a !== undefined && b !== undefined)
      location.assign(`/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`);
  };
  const head = ['', 'study', 'status', 'SUTs', 'mechanisms', 'nodes', 'A/A', 'verdicts', 'files'];
  fill(
    main,
    h(
      'section',
      { class: 'panel' },
      h('h1', {}, 'Studies'),
      h(
        'form',
        { onsubmit, onchange },
        h('div', { class: 'actions' }, button, said),
        h(
          'div',
          { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Stored studies' },
          h(
            'table',
            { class: 'studies' },
            h(
              'thead',
              {},
              h(
                'tr',
                {},
                ...head.map((word) =>
                  h('th', { scope: 'col' }, word === '' ? h('span', { class: 'hidden' }, 'choose') : word),
                ),
              ),
            ),
            h('tbody', {}, ...studies.map(row)),
          ),
        ),
      ),
    ),
  );
}

function row(study: StudySummary): HTMLElement {
  const { id, startedAt, state, suts, mechanisms, nodes, kernels, aaPassed, hasReport, hasResults } = study;
  const path = `/studies/${encodeURIComponent(id)}`;
  return h(
    'tr',
    {},
    h(
      'td',
      {},
      h('input', { type: 'checkbox', name: 'study', value: id, disabled: !hasResults, 'aria-label': `choose ${id}` }),
    ),
    h(
      'th',
      { scope: 'row' },
      hasReport ? h('a', { href: `${path}/report.html` }, id) : id,
      startedAt === '' ? null : h('span', { class: 'sub' }, `${tellDate(startedAt)} UTC`),
    ),
    h(
      'td',
      {},
      h('span', { class: `badge s-${state.replace(/[ ,].*/, '')}` }, state),
      study.problem === '' ? null : h('span', { class: 'sub problem' }, study.problem),
    ),
    h('td', { 'data-label': 'SUTs' }, suts.join(', ')),
    h('td', { 'data-label': 'mechanisms' }, mechanisms.filter((one) => one !== 'none').join(', ')),
    h(
      'td',
      { 'data-label': 'nodes' },
      nodes.join(', '),
      kernels.length === 0 ? null : h('span', { class: 'sub' }, kernels.join(', ')),
    ),
    h(
      'td',
      { 'data-label': 'A/A' },
      aaPassed === null
        ? '–'
        : aaPassed
          ? h('span', { class: 'ok' }, '✓ passed')
          : h('span', { class: 'not-ok' }, '✕ failed'),
    ),
    h('td', { 'data-label': 'verdicts' }, ...verdicts(study)),
    h(
      'td',
      {},
      hasReport ? h('a', { href: `${path}/report.html` }, 'report') : '',
      hasReport ? ' ' : '',
      hasResults ? h('a', { href: `${path}/results.json` }, 'json') : '',
    ),
  );
}

function verdicts(study: StudySummary): (Node | string)[] {
  const shown = Object.entries(VERDICT_WORDS).flatMap(([verdict, { symbol, word }]) => {
    const n = study.verdicts[verdict] ?? 0;
    return n === 0
      ? []
      : [
          h(
            'span',
            { class: `verdict v-${verdict}`, title: word },
            `${symbol} ${n} `,
            h('span', { class: 'hidden' }, word),
          ),
        ];
  });
  return shown.length === 0 ? ['–'] : shown;
}
